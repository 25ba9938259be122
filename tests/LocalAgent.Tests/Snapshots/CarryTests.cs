using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.Snapshots;

public sealed class CarryTests : IAsyncLifetime
{
    private CopyFixture _copy = null!;
    private SnapshotId _edit;

    public async Task InitializeAsync()
    {
        _copy = await CopyFixture.CreateAsync();
        _copy.Write("a", "1\n2\n3\n4\n5\n");
        await _copy.SnapshotAsync();
        _copy.Write("a", "one\n2\n3\n4\n5\n");
        _copy.Write("b", "new\n");
        await _copy.SnapshotAsync();
        _edit = _copy.Copy.Position.Tip!.Value;
        _copy.Write("a", "one\n2\n3\n4\nfive\n");
        await _copy.SnapshotAsync();
    }

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task A_revert_takes_one_snapshot_back_and_leaves_what_came_after_it()
    {
        var outcome = await CarryAsync(_edit, takesBack: true);

        Assert.Equal("merged", outcome.Outcome);
        Assert.Equal("1\n2\n3\n4\nfive\n", File.ReadAllText(_copy.At("a")));
        Assert.False(File.Exists(_copy.At("b")));
        Assert.Equal(SnapshotKind.Revert, (await TipAsync()).Kind);
    }

    [Fact]
    public async Task A_snapshot_that_was_taken_back_can_be_carried_over_again_and_names_its_origin()
    {
        await CarryAsync(_edit, takesBack: true);
        await CarryAsync(_edit, takesBack: false);

        Assert.Equal("one\n2\n3\n4\nfive\n", File.ReadAllText(_copy.At("a")));
        Assert.Equal("new\n", File.ReadAllText(_copy.At("b")));
        Assert.Equal(_edit.Hash, ContentHash.FromBytes((await TipAsync()).Field(SnapshotField.Origin)!.Value.AsSpan()));
    }

    [Fact]
    public async Task Carrying_over_what_is_there_already_changes_nothing()
    {
        var tip = _copy.Copy.Position.Tip;

        Assert.Equal("up_to_date", (await CarryAsync(_edit, takesBack: false)).Outcome);
        Assert.Equal(tip, _copy.Copy.Position.Tip);
    }

    [Fact]
    public async Task A_revert_that_meets_later_edits_conflicts_and_is_recorded()
    {
        _copy.Write("a", "uno\n2\n3\n4\nfive\n");
        await _copy.SnapshotAsync();

        Assert.Equal("conflicted", (await CarryAsync(_edit, takesBack: true)).Outcome);
        Assert.Equal("a", Assert.Single((await TipAsync()).Conflicts).Path.ToString());
    }

    [Fact]
    public async Task A_parent_that_is_not_there_is_refused() =>
        Assert.Equal("invalid_argument", (await _copy.Operations.CarryAsync(new CarryRequest(_edit, "x", true, 2, null), null, CancellationToken.None)).Error.Code);

    private async Task<LineMergeOutcome> CarryAsync(SnapshotId id, bool takesBack)
    {
        var outcome = await _copy.Operations.CarryAsync(new CarryRequest(id, "it", takesBack, null, null), null, CancellationToken.None);
        Assert.True(outcome.IsOk, outcome.IsOk ? "" : outcome.Error.ToString());
        return outcome.Value;
    }

    private async Task<SnapshotObject> TipAsync() => await _copy.Copy.Graph.ReadSnapshotAsync(_copy.Copy.Position.Tip!.Value, CancellationToken.None);
}
