using System.Collections.Immutable;
using System.Text.RegularExpressions;
using W0rktree.Grains.Access.Policies;
using W0rktree.Grains.Access.Policies.Files;
using W0rktree.TestKit;

namespace W0rktree.Grains.Tests.Access.Policies;

/// <summary>Every code that a policy file can be refused or warned with, told with file, line, column and message as a golden file has it.</summary>
public sealed partial class PolicyCodeTests
{
    private const string Rule = "[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = [{ team = \"t\" }]\nscope = \"worktree\"\npermissions = [\"sync:push\"]\n";

    // Codes of a push as a whole, and of what is no file at all: PolicyPushTests has them with their messages.
    private static readonly string[] Elsewhere = ["policy_invalid", "policy_escalation", "policy_not_a_file"];

    private static readonly (string File, string Text)[] Cases =
    [
        ("policies", "x = = 1"),
        ("policies", Rule.Replace("deny", "forbid", StringComparison.Ordinal)),
        ("policies", Rule + "priority = 1"),
        ("policies", "[[policy]]\nname = \"p\"\neffect = \"deny\""),
        ("policies", Rule.Replace("[\"sync:push\"]", "\"sync:push\"", StringComparison.Ordinal)),
        ("policies", Rule.Replace("sync:push", "sync:fly", StringComparison.Ordinal)),
        ("policies", Rule.Replace("team = \"t\"", "user = \"t\"", StringComparison.Ordinal)),
        ("policies", Rule.Replace("\"worktree\"", "\"everywhere\"", StringComparison.Ordinal)),
        ("policies", Rule.Replace("\"worktree\"", "{ path = \"../up\" }", StringComparison.Ordinal)),
        ("policies", Rule + "[[policy.conditions]]\nattribute = \"a\"\noperator = \"Matches\"\nvalue = \"x\""),
        ("policies", Rule + "[[policy.conditions]]\nattribute = \"time.minute\"\noperator = \"Equals\"\nvalue = \"1\""),
        ("roles", "[[role]]\nname = \"Owner\"\npermissions = []"),
        ("roles", "[[role]]\nname = \"auditör\"\npermissions = []"),
        ("roles", "[[role]]\nname = \"a\"\npermissions = []\n[[role]]\nname = \"A\"\npermissions = []"),
        ("teams", new string('#', FileReader.MaxCharacters + 1)),
        ("teams", "[team.ops]\nrole = \"nobody\""),
        ("tree teams", "[team.ops]\nrole = \"viewer\""),
        ("tree policies", Rule.Replace("deny", "allow", StringComparison.Ordinal)),
    ];

    [Fact]
    public void Every_code_is_told_with_file_line_column_and_message()
    {
        var told = string.Concat(Cases.SelectMany(Problems).Select(problem => $"{problem}\n").Distinct());
        Assert.Equal(Golden.Expect("tests/Grains.Tests/Access/Policies/problems.golden.txt", told), told);
        foreach (var code in CodesInTheProduct().Except(Elsewhere))
        {
            Assert.True(told.Contains($"({code})", StringComparison.Ordinal), $"'{code}' has no case here.");
        }
    }

    private static IEnumerable<PolicyProblem> Problems((string File, string Text) @case)
    {
        var sources = @case.File switch
        {
            "roles" => new PolicySources { Root = new PolicyTexts(@case.Text, null, null) },
            "policies" => new PolicySources { Root = new PolicyTexts(null, @case.Text, null) },
            "teams" => new PolicySources { Root = new PolicyTexts(null, null, @case.Text) },
            "tree teams" => Tree(new PolicyTexts(null, null, @case.Text)),
            _ => Tree(new PolicyTexts(null, @case.Text, null)),
        };
        return CompiledPolicies.Compile(sources) switch
        {
            Compilation.Invalid(var problems) => problems,
            Compilation.Valid(var policies) => policies.Warnings,
            _ => [],
        };
    }

    private static PolicySources Tree(PolicyTexts texts) => new() { Trees = ImmutableSortedDictionary<string, PolicyTexts>.Empty.Add("api", texts) };

    private static IEnumerable<string> CodesInTheProduct()
    {
        var codes = Directory.EnumerateFiles(Path.Combine(Repository.Root, "Grains"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => CodePattern().Matches(File.ReadAllText(file))).Select(match => match.Groups["code"].Value).Distinct().ToList();
        Assert.True(codes.Count > 15, "The codes were not found.");
        return codes;
    }

    [GeneratedRegex("\"(?<code>(policy|role)_[a-z_]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CodePattern();
}
