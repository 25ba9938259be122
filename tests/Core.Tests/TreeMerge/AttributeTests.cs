using System.Text;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.Tests.TextDiff;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.TestKit;
using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeMerge;

/// <summary>Merges files of which <c>.gitattributes</c> says something.</summary>
public sealed class AttributeTests
{
    private readonly MemoryObjects _objects = new();

    [GitFact]
    public async Task Attributes_of_paths_are_those_that_git_says()
    {
        var files = new Files
        {
            [".gitattributes"] = "# all\n* text=auto\n*.md merge=union\nCHANGES merge=union conflict-marker-size=12\n*.png binary\n/top.txt -text\nsub/** eol=lf\n\"a b\" merge=binary\nfolder/ merge=union\n*.sln\ttext eol=crlf -merge\r\n",
            ["sub/.gitattributes"] = "*.md -merge\n*.txt !text\nx.md merge\n",
            ["sub/deep/.gitattributes"] = "*.md !merge\nCHANGES conflict-marker-size=9\n[attr]mine merge=union\n",
        };
        string[] paths = ["a.md", "CHANGES", "logo.png", "top.txt", "sub/top.txt", "sub/a.md", "sub/x.md", "sub/deep/a.md", "sub/deep/CHANGES", "sub/deep/x.md", "a b", "folder", "folder/f", "p.sln", "sub/p.sln", "plain"];
        using var git = GitOracle.WithRepository();
        foreach (var (path, text) in files)
        {
            git.Write(path, Encoding.UTF8.GetBytes(text));
        }

        var answers = git.Run([], ["check-attr", "-z", "merge", "text", "eol", "conflict-marker-size", "--", .. paths]).Text.Split('\0');
        var book = new AttributeBook(new StoredMergeObjects(_objects.Graph, _objects, _objects), await _objects.TreeAsync(files));
        foreach (var path in paths)
        {
            var said = new Dictionary<string, string?>();
            for (var at = 0; at + 2 < answers.Length; at += 3)
            {
                if (answers[at] == path)
                {
                    said[answers[at + 1]] = answers[at + 2] switch { "set" => "+", "unset" => "-", "unspecified" => null, var value => value };
                }
            }

            Assert.Equal((path, AttributeFile.Meaning(said)), (path, await book.OfAsync(TreePath.Parse(path).Value, default)));
        }
    }

    [GitFact]
    public async Task Union_puts_both_sides_lines_in_a_row_as_git_does()
    {
        var (before, ours, theirs) = ("1\n2\n3\n4\n5\n", "1\nour two\nand more\n3\n4\n5\n", "1\ntheir two\n3\n4\nfive\n");
        using var git = GitOracle.WithRepository();
        git.Write("o", Encoding.UTF8.GetBytes(ours));
        git.Write("b", Encoding.UTF8.GetBytes(before));
        git.Write("t", Encoding.UTF8.GetBytes(theirs));

        var (outcome, files) = await MergeAsync("f merge=union\n", before, ours, theirs);

        Assert.IsType<TreeMergeOutcome.Clean>(outcome);
        Assert.Equal(git.Run([], "merge-file", "-p", "--union", "o", "b", "t").Text, files["f"]);
    }

    [Theory]
    [InlineData("f binary\n")]
    [InlineData("* -merge\n")]
    [InlineData("f merge=binary\n")]
    public async Task What_is_not_to_be_merged_by_lines_conflicts_as_a_whole(string attributes)
    {
        var (outcome, files) = await MergeAsync(attributes, "1\n2\n3\n4\n5\n", "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n");

        Assert.Equal(ConflictKind.Binary, Assert.Single(outcome.AllConflicts).Kind);
        Assert.Equal("one\n2\n3\n4\n5\n", files["f"]);
    }

    [Fact]
    public async Task A_side_that_changed_only_line_ends_of_a_text_disagrees_with_nobody()
    {
        var (outcome, files) = await MergeAsync("f text\n", "1\n2\n3\n4\n5\n", "1\r\n2\r\n3\r\n4\r\n5\r\n", "1\n2\n3\n4\nfive\n");
        Assert.IsType<TreeMergeOutcome.Clean>(outcome);
        Assert.Equal("1\r\n2\r\n3\r\n4\r\nfive\r\n", files["f"]);

        (outcome, files) = await MergeAsync("f text=auto\n", "1\r\n2\r\n3\r\n", "1\r\n2\r\nthree\r\n", "1\n2\n3\n");
        Assert.IsType<TreeMergeOutcome.Clean>(outcome);
        Assert.Equal("1\n2\nthree\n", files["f"]);
    }

    [Fact]
    public async Task Line_ends_are_as_much_a_change_as_any_where_no_attribute_says_otherwise()
    {
        var (outcome, _) = await MergeAsync("g text\n", "1\n2\n3\n4\n5\n", "1\r\n2\r\n3\r\n4\r\n5\r\n", "1\n2\n3\n4\nfive\n");

        Assert.Equal(ConflictKind.Content, Assert.Single(outcome.AllConflicts).Kind);
    }

    [Fact]
    public async Task Texts_of_other_line_ends_conflict_only_in_the_lines_that_disagree()
    {
        var (outcome, files) = await MergeAsync("f eol=crlf conflict-marker-size=10\n", "1\n2\n3\n4\n5\n", "1\r\nours\r\n3\r\n4\r\n5\r\n", "1\ntheirs\n3\n4\nfive\n");

        Assert.Equal(ConflictKind.Content, Assert.Single(outcome.AllConflicts).Kind);
        Assert.Equal("1\r\n<<<<<<<<<< ours\r\nours\r\n|||||||||| base\r\n2\r\n==========\r\ntheirs\r\n>>>>>>>>>> theirs\r\n3\r\n4\r\nfive\r\n", files["f"]);
    }

    [Fact]
    public async Task A_link_to_another_system_that_both_sides_moved_is_a_conflict_and_one_that_one_side_moved_is_taken()
    {
        var objects = new StoredMergeObjects(_objects.Graph, _objects, _objects);
        var (before, ours, theirs) = (await LinkAsync("1"), await LinkAsync("2"), await LinkAsync("3"));

        var one = (await new TreeMerger(objects, MergeLabels.Default).MergeAsync(before, await LinkAsync("1", "x"), theirs, default)).Value;
        Assert.IsType<TreeMergeOutcome.Clean>(one);
        Assert.Equal(await LinkAsync("3", "x"), one.Root);

        var both = (await new TreeMerger(objects, MergeLabels.Default).MergeAsync(before, ours, theirs, default)).Value;
        Assert.Equal("module", Assert.Single(both.AllConflicts).Path.ToString());
        Assert.Equal(ours, both.Root);
    }

    private async Task<W0rktree.Core.Identity.ContentHash> LinkAsync(string target, string? beside = null)
    {
        var name = EntryName.Create("module").Value;
        var entries = new List<DirectoryEntry> { new(name, EntryKind.ForeignLink, 0, default, [new EntryField(EntryField.ForeignTarget, [.. Encoding.UTF8.GetBytes(target)])]) };
        if (beside is not null)
        {
            entries.Add(new DirectoryEntry(EntryName.Create(beside).Value, EntryKind.File, 1, _objects.Content(beside)));
        }

        return await _objects.WriteDirectoryAsync(DirectoryObject.Of(entries), default);
    }

    private async Task<(TreeMergeOutcome Outcome, SortedDictionary<string, string> Files)> MergeAsync(string attributes, string before, string ours, string theirs)
    {
        var objects = new StoredMergeObjects(_objects.Graph, _objects, _objects);
        Files Tree(string text) => new() { [".gitattributes"] = attributes, ["f"] = text };
        var (b, o, t) = (await _objects.TreeAsync(Tree(before)), await _objects.TreeAsync(Tree(ours)), await _objects.TreeAsync(Tree(theirs)));
        var outcome = (await new TreeMerger(objects, MergeLabels.Default).MergeAsync(b, o, t, default)).Value;
        Assert.Empty(await MergeProof.CheckAsync(objects, b, o, t, outcome, default));
        return (outcome, await _objects.ListAsync(outcome.Root));
    }
}
