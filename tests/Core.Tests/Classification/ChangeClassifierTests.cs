using System.Text;
using W0rktree.Core.Classification;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.Classification;

public sealed class ChangeClassifierTests
{
    [Theory]
    [InlineData("src/app.cs", "code")]
    [InlineData("no-extension", "code")]
    [InlineData("src/history.go", "code")]
    [InlineData("src/changes.cs", "code")]
    [InlineData("news/main.rs", "code")]
    [InlineData("README", "documentation")]
    [InlineData("docs/Guide.MD", "documentation")]
    [InlineData("LICENSE-APACHE", "documentation")]
    [InlineData("notes.txt", "documentation")]
    [InlineData("tools/requirements-dev.txt", "dependency")]
    [InlineData("web/package.json", "dependency")]
    [InlineData("web/tsconfig.json", "config")]
    [InlineData("Cargo.lock", "dependency")]
    [InlineData("Cargo.toml", "dependency")]
    [InlineData("Core/Core.csproj", "dependency")]
    [InlineData("Directory.Packages.props", "dependency")]
    [InlineData("Directory.Build.props", "config")]
    [InlineData("go.sum", "dependency")]
    [InlineData("pom.xml", "dependency")]
    [InlineData("Dockerfile", "config")]
    [InlineData("docker-compose.yml", "config")]
    [InlineData(".gitignore", "config")]
    [InlineData(".eslintrc", "config")]
    [InlineData(".env.local", "config")]
    [InlineData(".wt/config.toml", "config")]
    [InlineData(".wt/ignore", "config")]
    [InlineData("libs/x/.wt-tree/ignore", "config")]
    [InlineData("src/ignore", "code")]
    [InlineData("logo.PNG", "asset")]
    [InlineData("data/rows.csv", "asset")]
    [InlineData("bin/tool.exe", "asset")]
    public void A_path_has_the_class_of_its_name(string path, string expected) =>
        Assert.Equal(expected, ChangeClassifier.Default.Classify(path).Text);

    [Fact]
    public void Rules_of_the_user_win_over_the_table_and_later_ones_over_earlier()
    {
        var classifier = ChangeClassifier.Create(
            [new("/fixtures/", ChangeClass.Asset), new("*.proto", ChangeClass.Config), new("fixtures/**/*.md", ChangeClass.Code)]).Value;
        Assert.Equal(ChangeClass.Asset, classifier.Classify("fixtures/deep/a.cs"));
        Assert.Equal(ChangeClass.Code, classifier.Classify("fixtures/deep/a.md"));
        Assert.Equal(ChangeClass.Config, classifier.Classify("api/x.proto"));
        Assert.Equal(ChangeClass.Documentation, classifier.Classify("src/fixtures/a.md"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("!x")]
    [InlineData("# x")]
    [InlineData("a\nb")]
    public void A_rule_that_is_no_pattern_is_refused(string pattern) =>
        Assert.Equal("invalid_class_pattern", ChangeClassifier.Create([new(pattern, ChangeClass.Code)]).Error.Code);

    [Fact]
    public void Every_class_has_a_name_that_leads_back_to_it()
    {
        foreach (var changeClass in Enum.GetValues<ChangeClass>())
        {
            Assert.True(ChangeClasses.TryParse(changeClass.Text, out var found));
            Assert.Equal(changeClass, found);
        }

        Assert.False(ChangeClasses.TryParse("Code", out _));
    }

    [Fact]
    public void No_pattern_stands_in_two_classes()
    {
        var twice = ChangeClassTable.Rows.SelectMany(row => row.Patterns.Split(' ')).GroupBy(pattern => pattern, StringComparer.Ordinal).Where(group => group.Count() > 1);
        Assert.Empty(twice.Select(group => group.Key));
    }

    [Fact]
    public void The_reference_page_shows_the_table_of_the_code()
    {
        const string Begin = "<!-- table: written by a test -->\n";
        const string Path = "docs/reference/change-classes.md";
        var page = File.ReadAllText(System.IO.Path.Combine(Repository.Root, Path));
        var table = new StringBuilder("| class | what | names |\n|---|---|---|\n");
        foreach (var row in ChangeClassTable.Rows)
        {
            var names = string.Join(' ', row.Patterns.Split(' ').Select(pattern => $"`{pattern}`"));
            table.Append($"| {row.Class.Text} | {row.About} | {names} |\n");
        }

        var actual = page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + table;
        Assert.Equal(Golden.Expect(Path, actual), actual);
    }
}
