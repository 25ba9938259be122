using System.Globalization;
using W0rktree.Core.Secrets;
using W0rktree.LocalAgent.Configuration;
using W0rktree.TestKit;

namespace W0rktree.LocalAgent.Tests.Configuration;

/// <summary>Holds the pages about configuration and secrets to the code.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Every_key_stands_in_the_reference_with_its_type_default_and_trust()
    {
        var page = Page("configuration.md");
        foreach (var key in SettingKeys.Ordered)
        {
            var value = key.Default switch
            {
                null => "",
                string[] { Length: 0 } => "`[]`",
                string[] list => $"`[{string.Join(", ", list.Select(word => $"\"{word}\""))}]`",
                bool flag => flag ? "`true`" : "`false`",
                var other => $"`{Convert.ToString(other, CultureInfo.InvariantCulture)}`",
            };
            var mark = SettingKeys.IsTrustedOnly(key.Name) ? " †" : "";
            Assert.Contains($"| `{key.Name}` | {key.Type.ToString().ToLowerInvariant()} | {value} | {key.About}{mark} |\n", page, StringComparison.Ordinal);
        }

        Assert.Equal(SettingKeys.Ordered.Count, page.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Count(c => c == '|') == 5));
    }

    [Fact]
    public void Every_rule_and_kind_stands_in_the_reference()
    {
        var rows = Page("secrets.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal) && !line.StartsWith("| `worker", StringComparison.Ordinal)).Select(line => line.Split('`')[1]).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(SecretScanner.Rules.Keys.Concat(HeldFiles.Kinds.Keys).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", name));
}
