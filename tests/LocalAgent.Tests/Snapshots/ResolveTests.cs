using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TextMerge;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.Snapshots;

/// <summary>Takes conflicted merges to their end in a real working copy: answered, marked, edited, taken back.</summary>
public sealed class ResolveTests : IAsyncLifetime
{
    private static readonly BranchName Feature = BranchName.Parse("feature").Value;

    private CopyFixture _copy = null!;

    public async Task InitializeAsync()
    {
        _copy = await CopyFixture.CreateAsync();
        _copy.Write("text", "1\n2\n3\n4\n5\n");
        _copy.Write("gone", "base\n");
        _copy.Write("old/a", "a 1\na 2\na 3\n");
        _copy.Write("old/b", "b 1\nb 2\nb 3\n");
        await _copy.SnapshotAsync();
        await using (var transaction = _copy.Copy.Store.Begin())
        {
            StoreRefs.Move(transaction, StoreRefs.Branch(Feature), null, _copy.Copy.Position.Tip);
            await transaction.CommitAsync(CancellationToken.None);
        }

        _copy.Write("text", "1\nours\n3\n4\n5\n");
        File.Delete(_copy.At("gone"));
        Directory.Move(_copy.At("old"), _copy.At("new"));
        await _copy.SnapshotAsync();
        Assert.True((await _copy.Operations.SwitchAsync(Feature, null, CancellationToken.None)).IsOk);
        _copy.Write("text", "1\ntheirs\n3\n4\nfive\n");
        _copy.Write("gone", "changed\n");
        _copy.Write("old/added", "x\n");
        await _copy.SnapshotAsync();
        var theirs = _copy.Copy.Position.Tip!.Value;
        Assert.True((await _copy.Operations.SwitchAsync(BranchName.Main, null, CancellationToken.None)).IsOk);
        var merged = await _copy.Operations.MergeAsync(theirs, "feature", null, null, CancellationToken.None);
        Assert.Equal(["gone:modify-delete", "new/added:rename-rename", "text:content"], merged.Value.Conflicts.Select(c => $"{c.Path}:{c.Kind.Text}"));
    }

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task Taking_a_side_changes_only_what_disagreed_and_leaves_the_other_conflicts()
    {
        var resolved = await ResolveAsync(ConflictAnswer.Theirs, "text");

        Assert.Equal("1\ntheirs\n3\n4\nfive\n", Read("text"));
        Assert.Equal(["gone", "new/added"], resolved.Remaining.Select(c => c.Path.ToString()));
        Assert.Equal(2, (await TipAsync()).Conflicts.Length);
    }

    [Fact]
    public async Task Answers_and_marks_together_leave_no_conflict()
    {
        await ResolveAsync(ConflictAnswer.Union, "text");
        await ResolveAsync(ConflictAnswer.Ours, "gone");
        await ResolveAsync(null, "new");

        Assert.False((await TipAsync()).HasConflicts);
        Assert.Equal("1\nours\ntheirs\n3\n4\nfive\n", Read("text"));
        Assert.False(File.Exists(_copy.At("gone")));
        Assert.Equal("x\n", Read("new/added"));
    }

    [Fact]
    public async Task A_file_with_markers_cannot_be_marked_and_an_edited_one_counts_as_answered()
    {
        Assert.Equal("still_marked", (await _copy.Operations.ResolveAsync(Request(null, "text"), null, CancellationToken.None)).Error.Code);

        _copy.Write("text", "by hand\n");
        var resolved = await ResolveAsync(null, "text");

        Assert.Equal("text", Assert.Single(resolved.Resolved).Path.ToString());
        Assert.Equal("by hand\n", Read("text"));
    }

    [Fact]
    public async Task A_path_without_a_conflict_is_refused_and_nothing_moves()
    {
        var tip = _copy.Copy.Position.Tip;

        Assert.Equal("unknown_path", (await _copy.Operations.ResolveAsync(Request(ConflictAnswer.Ours, "new/a"), null, CancellationToken.None)).Error.Code);
        Assert.Equal(tip, _copy.Copy.Position.Tip);
    }

    private static ResolveRequest Request(ConflictAnswer? answer, string path) => new([Core.Paths.TreePath.Parse(path).Value], answer);

    private async Task<ResolveOutcome> ResolveAsync(ConflictAnswer? answer, string path)
    {
        var resolved = await _copy.Operations.ResolveAsync(Request(answer, path), null, CancellationToken.None);
        Assert.True(resolved.IsOk, resolved.IsOk ? "" : resolved.Error.ToString());
        return resolved.Value;
    }

    private async Task<SnapshotObject> TipAsync() => await _copy.Copy.Graph.ReadSnapshotAsync(_copy.Copy.Position.Tip!.Value, CancellationToken.None);

    private string Read(string relative) => File.ReadAllText(_copy.At(relative));
}
