using Orleans;
using Orleans.Runtime;
using W0rktree.Core.Audit;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.Branches;
using W0rktree.Silo.State;

namespace W0rktree.Silo.Tests.Audit;

/// <summary>What is done to a stored chain behind the server's back is found, and a change and its record are one.</summary>
public sealed class ChainTests : IAsyncLifetime
{
    private const int Count = 12;

    private readonly AuditFolder _folder = new();

    public Task InitializeAsync() => _folder.AppendAsync(Count);

    public async Task DisposeAsync() => await _folder.DisposeAsync();

    [Fact]
    public async Task An_untouched_chain_verifies_also_after_a_reopening()
    {
        Assert.Null(await _folder.VerifyAsync());
        await _folder.ReopenAsync();
        await _folder.AppendAsync(1);
        Assert.Null(await _folder.VerifyAsync());
        Assert.Equal(Count + 1, _folder.Records().Count);
    }

    [Fact]
    public async Task Every_altered_byte_of_every_record_is_found()
    {
        var records = _folder.Records();
        for (var number = 1; number <= Count; number++)
        {
            var bytes = records[number - 1];
            foreach (var at in Enumerable.Range(0, bytes.Length))
            {
                var altered = (byte[])bytes.Clone();
                altered[at] ^= 0x10;
                Put(number, altered);
                Assert.True(await _folder.VerifyAsync() is not null, $"Byte {at} of record {number} was altered and not found.");
            }

            Put(number, bytes);
        }

        Assert.Null(await _folder.VerifyAsync());
    }

    [Fact]
    public async Task Every_removed_record_is_found()
    {
        var records = _folder.Records();
        for (var number = 1; number <= Count; number++)
        {
            _folder.Execute("DELETE FROM audit WHERE number = $n", ("$n", number));
            Assert.True(await _folder.VerifyAsync() is not null, $"Record {number} was removed and not found missing.");

            // Also where those behind move up.
            _folder.Execute("UPDATE audit SET number = -number WHERE number > $n; UPDATE audit SET number = -number - 1 WHERE number < 0", ("$n", number));
            Assert.NotNull(await _folder.VerifyAsync());
            Restore(records);
        }
    }

    [Fact]
    public async Task Every_two_records_that_changed_places_are_found()
    {
        var records = _folder.Records();
        for (var i = 0; i < Count; i++)
        {
            for (var j = i + 1; j < Count; j++)
            {
                (Action put, Action back) = (() => { Put(i + 1, records[j]); Put(j + 1, records[i]); }, () => { Put(i + 1, records[i]); Put(j + 1, records[j]); });
                put();
                Assert.NotNull(await _folder.VerifyAsync());
                back();
            }
        }
    }

    [Fact]
    public async Task A_chain_that_was_made_anew_with_matching_hashes_is_not_vouched_for()
    {
        // Whoever can write the database alone: all records again, one of them changed, with ends that fit.
        var (previous, records) = (default(ContentHash), _folder.Records());
        for (var number = 1; number <= Count; number++)
        {
            var record = AuditCodec.TryDecode(records[number - 1])! with { Previous = previous };
            var bytes = AuditCodec.Encode(number == 5 ? record with { Entry = record.Entry with { Actor = "somebody else" } } : record);
            previous = AuditCodec.HashOf(bytes);
            Put(number, bytes);
        }

        _folder.Execute("UPDATE audit_ends SET hash = $h", ("$h", previous.ToArray()));
        Assert.Contains("vouch", await _folder.VerifyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_that_was_cut_off_is_found()
    {
        var records = _folder.Records();
        _folder.Execute("DELETE FROM audit WHERE number > 9");
        Assert.NotNull(await _folder.VerifyAsync());
        _folder.Execute("UPDATE audit_ends SET count = 9, hash = $h", ("$h", AuditCodec.HashOf(records[8]).ToArray()));
        Assert.Contains("vouch", await _folder.VerifyAsync(), StringComparison.Ordinal);
        _folder.Execute("DELETE FROM audit_ends");
        Assert.NotNull(await _folder.VerifyAsync());
    }

    [Fact]
    public async Task What_was_done_to_a_chain_while_the_server_was_down_is_not_vouched_for_by_what_it_adds_later()
    {
        var records = _folder.Records();
        await _folder.CloseAsync();
        _folder.Execute("DELETE FROM audit WHERE number > 9; UPDATE audit_ends SET count = 9, hash = $h", ("$h", AuditCodec.HashOf(records[8]).ToArray()));
        await _folder.ReopenAsync();
        await _folder.AppendAsync(3);
        Assert.Contains("vouch", await _folder.VerifyAsync(), StringComparison.Ordinal);
        await _folder.ReopenAsync();
        await _folder.AppendAsync(1);
        Assert.Contains("vouch", await _folder.VerifyAsync(), StringComparison.Ordinal);

        // What age would remove stays as evidence.
        _folder.Clock.Now += TimeSpan.FromDays(31);
        Assert.Equal(0, await _folder.Log.PruneAsync(_folder.Clock.Now, CancellationToken.None));
    }

    [Fact]
    public async Task A_chain_that_was_removed_as_a_whole_is_missing_and_one_that_begins_anew_is_not_vouched_for()
    {
        await _folder.CloseAsync();
        _folder.Execute("DELETE FROM audit; DELETE FROM audit_ends");
        await _folder.ReopenAsync();
        Assert.Contains("not there", await _folder.VerifyAsync(), StringComparison.Ordinal);
        await _folder.Log.AppendAsync(AuditFolder.Tenant, AuditFolder.Entry("late"), CancellationToken.None);
        Assert.Contains("vouch", await _folder.VerifyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_old_state_of_the_database_is_found_by_a_mark_that_was_kept_elsewhere()
    {
        var mark = new AuditMark(Count, AuditCodec.HashOf(_folder.Records()[^1]));
        var old = new AuditChain(AuditFolder.Tenant, default, mark);
        foreach (var record in _folder.Records().Take(Count - 1))
        {
            Assert.Null(old.Follow(record));
        }

        Assert.NotNull(old.End(old.Mark));
        Assert.Null(old.Follow(_folder.Records()[^1]));
        Assert.Null(old.End(mark));
        Assert.Equal(mark, AuditMark.TryParse(mark.ToString()));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_pruned_beginning_becomes_a_checkpoint_and_what_remains_verifies()
    {
        var last = AuditCodec.HashOf(_folder.Records()[^1]);
        _folder.Clock.Now += TimeSpan.FromDays(31);
        await _folder.AppendAsync(3);
        Assert.Equal(Count, await _folder.Log.PruneAsync(_folder.Clock.Now - TimeSpan.FromDays(30), CancellationToken.None));

        var head = await _folder.Log.HeadAsync(AuditFolder.Tenant, CancellationToken.None);
        Assert.Equal(new AuditMark(Count, last), head.From);
        Assert.True(head.Authentic);
        Assert.Null(await _folder.VerifyAsync());

        // That something was removed is told, and removing a further one is not pruning.
        Assert.Equal("audit.prune", AuditCodec.TryDecode(_folder.Records()[^1])!.Entry.Action);
        _folder.Execute("DELETE FROM audit WHERE number = $n", ("$n", Count + 1));
        Assert.NotNull(await _folder.VerifyAsync());
    }

    [Fact]
    public async Task Chains_of_tenants_do_not_touch_each_other()
    {
        await _folder.AppendAsync(2, new TenantId(8));
        Assert.Null(await _folder.VerifyAsync());
        Assert.Equal(Count, _folder.Records().Count);
        _folder.Execute("UPDATE audit SET tenant = $to WHERE tenant = $from AND number = 1", ("$to", new TenantId(9).ToString()), ("$from", new TenantId(8).ToString()));
        Assert.NotNull(await _folder.VerifyAsync());
    }

    [Fact]
    public async Task A_change_and_its_record_are_stored_together_or_not_at_all()
    {
        var storage = new StateGrainStorage(_folder.States);
        var grain = GrainId.Create("branch", "1");
        var before = _folder.Records().Count;
        AuditedWrite.Set([Draft("push1")]);
        await storage.WriteStateAsync("branch", grain, new GrainState<BranchState>(new BranchState { Version = 1 }));
        Assert.Equal(before + 1, _folder.Records().Count);

        // A second write of the same request adds none, a write that lost the race neither, bookkeeping neither.
        await storage.WriteStateAsync("branch", GrainId.Create("branch", "2"), new GrainState<BranchState>(new BranchState()));
        AuditedWrite.Set([Draft("push2")]);
        await Assert.ThrowsAsync<Orleans.Storage.InconsistentStateException>(() => storage.WriteStateAsync("branch", grain, new GrainState<BranchState>(new BranchState { Version = 2 })));
        AuditedWrite.Set([]);
        await storage.WriteStateAsync("branch", GrainId.Create("branch", "3"), new GrainState<BranchState>(new BranchState()));
        Assert.Equal(before + 1, _folder.Records().Count);

        // Where the record cannot be written the change is not either.
        _folder.Execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END");
        AuditedWrite.Set([Draft("push3")]);
        await Assert.ThrowsAsync<IOException>(() => storage.WriteStateAsync("branch", GrainId.Create("branch", "4"), new GrainState<BranchState>(new BranchState())));
        Assert.Null(await _folder.States.ReadAsync(new StateKey("branch", GrainId.Create("branch", "4").ToString()), CancellationToken.None));
        _folder.Execute("DROP TRIGGER full");
        await storage.WriteStateAsync("branch", GrainId.Create("branch", "4"), new GrainState<BranchState>(new BranchState()));
        Assert.Equal(before + 2, _folder.Records().Count);
        Assert.Null(await _folder.VerifyAsync());
    }

    [Fact]
    public async Task A_write_that_says_nothing_of_the_audit_is_refused()
    {
        AuditedWrite.Clear();
        await Assert.ThrowsAsync<InvalidOperationException>(() => new StateGrainStorage(_folder.States).WriteStateAsync("branch", GrainId.Create("branch", "1"), new GrainState<BranchState>(new BranchState())));
    }

    private static AuditDraft Draft(string request) => new() { Chain = AuditFolder.Tenant, Kind = PrincipalKind.Account, Actor = "a", Request = request, Action = "sync.push" };

    private void Put(int number, byte[] bytes) => _folder.Execute("UPDATE audit SET record = $r WHERE number = $n", ("$r", bytes), ("$n", number));

    private void Restore(List<byte[]> records)
    {
        _folder.Execute("DELETE FROM audit");
        for (var i = 0; i < records.Count; i++)
        {
            _folder.Execute("INSERT INTO audit (tenant, number, record) VALUES ($t, $n, $r)", ("$t", AuditFolder.Tenant.ToString()), ("$n", i + 1), ("$r", records[i]));
        }
    }
}
