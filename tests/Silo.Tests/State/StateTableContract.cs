using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Branches;
using W0rktree.Silo.State;

namespace W0rktree.Silo.Tests.State;

/// <summary>What Orleans expects of a grain storage, and that what is acknowledged is there after a reopening: of each table that there is.</summary>
public abstract class StateTableContract : IAsyncLifetime
{
    private readonly GrainId _grain = GrainId.Create("branch", Guid.NewGuid().ToString("N"));

    private protected abstract IStateTable Table { get; }

    private protected StateGrainStorage Storage
    {
        get
        {
            AuditedWrite.Set([]); // Set in the test's own flow; what InitializeAsync sets is lost when it returns.
            return new StateGrainStorage(Table);
        }
    }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>Ends the table and begins it anew on the same data.</summary>
    protected abstract Task ReopenAsync();

    [Fact]
    public async Task What_was_never_written_reads_as_the_default()
    {
        var read = await ReadAsync();
        Assert.Equal((false, null, new BranchState()), (read.RecordExists, read.ETag, read.State));
    }

    [Fact]
    public async Task What_was_written_is_there_after_a_reopening()
    {
        var state = Full();
        await Storage.WriteStateAsync("branch", _grain, new GrainState<BranchState>(state));
        await ReopenAsync();
        var read = await ReadAsync();
        Assert.True(read.RecordExists);
        Assert.Equal((state.Name, state.Head, state.Version), (read.State!.Name, read.State.Head, read.State.Version));
        Assert.Equal(state.Moves.ToArray(), read.State.Moves.ToArray());
    }

    [Fact]
    public async Task A_write_needs_the_version_that_is_stored()
    {
        var (mine, theirs) = (await ReadAsync(), await ReadAsync());
        mine.State = Full();
        theirs.State = new BranchState { Version = 9 };
        await Storage.WriteStateAsync("branch", _grain, mine);
        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("branch", _grain, theirs));
        Assert.Equal((mine.ETag, null), (conflict.StoredEtag, conflict.CurrentEtag));

        // One that is just one version ahead of the writer is a conflict too.
        theirs.ETag = mine.ETag;
        await Storage.WriteStateAsync("branch", _grain, mine);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("branch", _grain, theirs));
        Assert.Equal(Full().Version, (await ReadAsync()).State!.Version);
    }

    [Fact]
    public async Task What_was_cleared_does_not_come_back_to_an_old_version()
    {
        var state = new GrainState<BranchState>(Full());
        await Storage.WriteStateAsync("branch", _grain, state);
        var old = await ReadAsync();
        await Storage.ClearStateAsync("branch", _grain, state);
        Assert.Equal((false, new BranchState()), (state.RecordExists, state.State));
        var read = await ReadAsync();
        Assert.Equal((false, state.ETag), (read.RecordExists, read.ETag));
        await Storage.WriteStateAsync("branch", _grain, read);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("branch", _grain, old));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("branch", _grain, old));
    }

    [Fact]
    public async Task Grains_and_states_of_other_names_do_not_meet()
    {
        await Storage.WriteStateAsync("branch", _grain, new GrainState<BranchState>(Full()));
        await Storage.WriteStateAsync("other", _grain, new GrainState<BranchState>(new BranchState { Version = 1 }));
        await Storage.WriteStateAsync("branch", GrainId.Create("branch", Guid.NewGuid().ToString("N")), new GrainState<BranchState>(new BranchState { Version = 2 }));
        Assert.Equal(Full().Version, (await ReadAsync()).State!.Version);
    }

    [Fact]
    public async Task Of_writers_at_the_same_version_exactly_one_wins_also_within_one_transaction()
    {
        var ends = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                await Storage.WriteStateAsync("branch", _grain, new GrainState<BranchState>(new BranchState { Version = i }));
                return i;
            }
            catch (InconsistentStateException)
            {
                return -1;
            }
        }));
        Assert.Equal((await ReadAsync()).State!.Version, Assert.Single(ends, e => e >= 0));
    }

    private static BranchState Full() => new()
    {
        Name = BranchName.Parse("feature/ä").Value,
        Head = new SnapshotId(ContentHash.OfContent("head"u8)),
        Version = 7,
        Moves =
        [
            new BranchMove
            {
                From = default, To = new SnapshotId(ContentHash.OfContent("head"u8)), Version = 7, Account = new AccountId(42), AccountSlug = "ann",
                At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), RequestId = "r",
            },
        ],
    };

    private async Task<GrainState<BranchState>> ReadAsync()
    {
        var state = new GrainState<BranchState>();
        await Storage.ReadStateAsync("branch", _grain, state);
        return state;
    }
}
