using W0rktree.Core.Objects;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.TestKit;
using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeMerge;

public sealed class ConflictResolutionTests
{
    private const string Text = "1\n2\n3\n4\n5\n6\n7\n";
    private static readonly Files Base = new() { ["f"] = Text, ["b"] = "\0b", ["l"] = "!l a", ["del"] = Text, ["k"] = "k" };
    private static readonly Files Ours = new() { ["f"] = "1\nours\n3\n4\n5\n6\nfar\n", ["b"] = "\0o", ["l"] = "!l o", ["k"] = "k" };
    private static readonly Files Theirs = new() { ["f"] = "one\ntheirs\n3\n4\n5\n6\n7\n", ["b"] = "\0t", ["l"] = "!l t", ["del"] = Text + "8\n", ["k"] = "k" };

    private readonly MemoryObjects _objects = new();

    [Theory]
    [InlineData(ConflictAnswer.Ours, "1\nours\n3\n4\n5\n6\nfar\n")]
    [InlineData(ConflictAnswer.Theirs, "one\ntheirs\n3\n4\n5\n6\nfar\n")]
    [InlineData(ConflictAnswer.Base, "1\n2\n3\n4\n5\n6\nfar\n")]
    [InlineData(ConflictAnswer.Union, "1\nours\none\ntheirs\n3\n4\n5\n6\nfar\n")]
    public async Task An_answer_decides_only_the_lines_that_disagree(ConflictAnswer answer, string expected) => Assert.Equal(expected, await AnswerAsync("f", answer));

    [Theory]
    [InlineData("b", ConflictAnswer.Ours, "\0o")]
    [InlineData("b", ConflictAnswer.Theirs, "\0t")]
    [InlineData("b", ConflictAnswer.Base, "\0b")]
    [InlineData("l", ConflictAnswer.Theirs, "!l t")]
    [InlineData("del", ConflictAnswer.Ours, null)]
    [InlineData("del", ConflictAnswer.Theirs, Text + "8\n")]
    [InlineData("del", ConflictAnswer.Base, Text)]
    public async Task What_has_no_lines_of_two_sides_is_taken_whole(string path, ConflictAnswer answer, string? expected) => Assert.Equal(expected, await AnswerAsync(path, answer));

    [Theory]
    [InlineData("b")]
    [InlineData("l")]
    [InlineData("del")]
    public async Task What_has_no_lines_of_two_sides_has_no_union(string path)
    {
        var (root, conflict) = await ConflictAsync(path);
        Assert.Equal("no_such_answer", (await Resolution().AnswerAsync(root, conflict, ConflictAnswer.Union, default)).Error.Code);
    }

    [Fact]
    public async Task A_proposal_to_follow_a_directory_is_never_answered_by_dropping_the_file()
    {
        var conflict = new Conflict(W0rktree.Core.Paths.TreePath.Parse("new/x").Value, ConflictKind.RenameRename, null, null, new ConflictSide(EntryKind.File, 1, _objects.Content("x")));
        var root = await _objects.TreeAsync(new Files { ["new/x"] = "x" });

        Assert.Equal("no_such_answer", (await Resolution().AnswerAsync(root, conflict, ConflictAnswer.Ours, default)).Error.Code);
        Assert.Equal(root, (await Resolution().AnswerAsync(root, conflict, ConflictAnswer.Theirs, default)).Value);
    }

    [Fact]
    public async Task The_last_file_of_a_directory_takes_the_directory_along()
    {
        var root = await _objects.TreeAsync(new Files { ["d/e/f"] = "x", ["k"] = "k" });
        var edited = await new TreeEdit(new StoredMergeObjects(_objects.Graph, _objects, _objects)).SetAsync(root, W0rktree.Core.Paths.TreePath.Parse("d/e/f").Value, null, default);

        Assert.Equal(await _objects.TreeAsync(new Files { ["k"] = "k" }), edited);
    }

    private async Task<string?> AnswerAsync(string path, ConflictAnswer answer)
    {
        var (root, conflict) = await ConflictAsync(path);
        var answered = await Resolution().AnswerAsync(root, conflict, answer, default);
        return (await _objects.ListAsync(answered.Value)).GetValueOrDefault(path);
    }

    private async Task<(Identity.ContentHash Root, Conflict Conflict)> ConflictAsync(string path)
    {
        var merged = (await new TreeMerger(_objects.Graph, _objects, _objects, MergeLabels.Default)
            .MergeAsync(await _objects.TreeAsync(Base), await _objects.TreeAsync(Ours), await _objects.TreeAsync(Theirs), default)).Value;
        return (merged.Root, merged.AllConflicts.First(conflict => conflict.Path.ToString() == path));
    }

    private ConflictResolution Resolution() => new(new StoredMergeObjects(_objects.Graph, _objects, _objects));
}
