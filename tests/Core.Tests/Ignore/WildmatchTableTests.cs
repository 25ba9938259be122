using System.Text;
using W0rktree.Core.Ignore;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.Ignore;

/// <summary>Holds the glob matcher against git's own table of cases.</summary>
public sealed class WildmatchTableTests
{
    [ConformanceFact]
    public void Every_row_of_the_table_matches_as_it_says()
    {
        var rows = File.ReadAllLines(ConformanceFactAttribute.TablePath!).Skip(1).ToArray();
        var wrong = new List<string>();
        foreach (var row in rows)
        {
            var cells = row.Split('\t');
            for (var column = 0; column < 4; column++)
            {
                var expected = cells[column] == "1";
                if (Matches(cells[4], cells[5], (GlobOptions)(column switch { 0 => 1, 1 => 3, 2 => 0, _ => 2 })) != expected)
                {
                    wrong.Add($"{row} (column {column})");
                }
            }
        }

        Assert.NotEmpty(rows);
        Assert.Empty(wrong);
    }

    // A few cases of our own, each checked with `git check-ignore` or `git ls-files` globs, for where the table is not at hand.
    [Theory]
    [InlineData("foo/bar", "foo/**/bar", true)]
    [InlineData("foo/a/b/bar", "foo/**/bar", true)]
    [InlineData("foobar", "foo**bar", true)]
    [InlineData("foo/bar", "foo**bar", false)]
    [InlineData("foo/bar", "foo[/]bar", false)]
    [InlineData("a]b", "a[]]b", true)]
    [InlineData("a-b", "a[]-]b", true)]
    [InlineData("5", "[[:digit:][:upper:]]", true)]
    [InlineData("a", "[[:nothing:]]", false)]
    [InlineData("foo", "foo\\", false)]
    [InlineData("a.", "[!.]*", true)]
    [InlineData("-adobe-courier", "-*-*-*", false)]
    [InlineData("x/y/z", "**/z", true)]
    [InlineData("x/y/z", "x/**", true)]
    [InlineData("x", "x/**", false)]
    public void Path_globs_match_as_git_matches(string text, string pattern, bool expected) =>
        Assert.Equal(expected, Matches(text, pattern, GlobOptions.PathName));

    [Fact]
    public void A_pattern_made_to_explode_is_answered()
    {
        // Exponential for a backtracking matcher: 25 stars over 2,000 equal letters.
        var pattern = string.Concat(Enumerable.Repeat("a*", 25)) + "b";
        Assert.False(Matches(new string('a', 2000), pattern, GlobOptions.PathName));
        var deep = string.Concat(Enumerable.Repeat("**/a/", 25)) + "b";
        Assert.False(Matches(string.Join('/', Enumerable.Repeat("a", 1000)), deep, GlobOptions.PathName));
    }

    private static bool Matches(string text, string pattern, GlobOptions options) =>
        Glob.Compile(Encoding.UTF8.GetBytes(pattern), options).IsMatch(Encoding.UTF8.GetBytes(text));
}

/// <summary>A test on shared conformance data; skipped where the data is not beside the checkout.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute() => Skip = TablePath is null ? "../shared/conformance/wildmatch/table.tsv is absent: our own cases stand in for it" : null!;

    public static string? TablePath { get; } = Repository.Conformance is { } folder ? Path.Combine(folder, "wildmatch", "table.tsv") : null;
}
