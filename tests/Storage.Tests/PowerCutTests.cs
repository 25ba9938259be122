using System.Globalization;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Tests.Faults;
using Xunit.Abstractions;

namespace W0rktree.Storage.Tests;

/// <summary>
/// The calls of real work are traced: a new store, snapshots, references that move and go, packing, merging, collecting. Then for
/// each point of the trace the states that a disk may be left in are rebuilt and recovered: before the next commit or after it,
/// nothing referenced missing, nothing acknowledged lost. Recoveries are traced and cut again themselves.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(24);
    private static readonly Dictionary<string, byte[]> Nothing = [];
    private readonly StoreFolder _folder = new();
    private readonly ManualClock _clock = new();

    // tests/campaigns/powercut asks for more.
    private static int WantedStates =>
        int.TryParse(Environment.GetEnvironmentVariable("WT_POWERCUT_STATES"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : 1200;

    private static int FirstSeed =>
        int.TryParse(Environment.GetEnvironmentVariable("WT_POWERCUT_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whenever_power_is_cut_what_was_acknowledged_is_there()
    {
        var states = 0;
        var again = 0;
        List<string> wrong = [];
        for (var seed = FirstSeed; states < WantedStates; seed++)
        {
            TracedFiles files = new(Nothing);
            Work work = new(files, _folder.Path, _clock, seed);
            await work.RunAsync();
            var trace = files.Trace();
            Random random = new(seed);

            // Whole runs are long: a part of the points of each, other ones each time, until there are enough.
            var step = Math.Max(1, trace.Length * 4 / Math.Max(1, WantedStates));
            for (var point = random.Next(step); point <= trace.Length && states < WantedStates; point += step)
            {
                foreach (var mode in Enum.GetValues<CutMode>())
                {
                    var where = $"seed {seed}, cut before call {point} of {trace.Length}, {mode}";
                    var state = trace.CutAt(point, mode, random);
                    TracedFiles after = new(state);
                    await CheckAsync(after, work, trace.AcknowledgedBefore(point), where, wrong);
                    states++;
                    if (random.Next(4) == 0)
                    {
                        var recovery = after.Trace();
                        var second = random.Next(recovery.Length + 1);
                        var cut = recovery.CutAt(second, (CutMode)random.Next(4), random);
                        await CheckAsync(new TracedFiles(cut), work, trace.AcknowledgedBefore(point), $"{where}, recovery cut before its call {second}", wrong);
                        states++;
                        again++;
                    }
                }
            }
        }

        output.WriteLine($"{states} states, {again} of them in a recovery, {wrong.Count} wrong");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {states} states are wrong, among them:\n{string.Join('\n', wrong.Take(8))}");
    }

    private async Task CheckAsync(TracedFiles files, Work work, int acknowledged, string where, List<string> wrong)
    {
        try
        {
            var opened = await ObjectStore.OpenAsync(_folder.Path, Options(files, _clock), default);
            if (!opened.IsOk)
            {
                wrong.Add($"{where}: {opened.Error}");
                return;
            }

            await using var store = opened.Value;
            if (await work.ProblemAsync(store, acknowledged) is { } problem)
            {
                wrong.Add($"{where}: {problem}");
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            wrong.Add($"{where}: {e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Storage/", StringComparison.Ordinal))}");
        }
    }

    private static StoreOptions Options(TracedFiles files, TimeProvider clock) => new() { Files = files, SegmentBytes = 4096, Clock = clock };

    /// <summary>Work on a store, and what must be there after each of its commits.</summary>
    private sealed class Work(TracedFiles files, string folder, ManualClock clock, int seed)
    {
        private readonly List<SortedDictionary<string, string>> _after = [new(StringComparer.Ordinal)];
        private readonly Random _random = new(seed);

        public async Task RunAsync()
        {
            await using var store = (await ObjectStore.OpenAsync(folder, Options(files, clock), default)).Value;
            SnapshotId? tip = null;
            for (var step = 0; step < 24; step++)
            {
                switch (_random.Next(13))
                {
                    case < 6:
                        tip = await RecordAsync(store, tip);
                        break;
                    case 6:
                        await DropAsync(store);
                        break;
                    case 7 or 8:
                        await store.PackAsync(closeActive: _random.Next(2) == 0, default);
                        break;
                    case 9:
                        await store.MergePacksAsync(default);
                        break;
                    case 10:
                        await store.CompactAsync(default);
                        break;
                    case 11:
                        await store.PruneReflogAsync(store.Reflog.Head.Sequence / 2, default);
                        break;
                    default:
                        clock.Now += Grace;
                        await store.CollectAsync(new CollectionRequest { Roots = () => store.Roots().ToArray(), Grace = Grace }, default);
                        break;
                }
            }
        }

        /// <summary>Says what is wrong with a recovered store, or null.</summary>
        public async Task<string?> ProblemAsync(ObjectStore store, int acknowledged)
        {
            if (store.Recovery.Damage.Count > 0)
            {
                return $"recovery reports damage: {store.Recovery.Damage[0]}";
            }

            var commits = (int)store.Reflog.Head.Sequence;
            if (store.Reflog.NewestFirst().Count() + (int)store.Reflog.Pruned.Sequence != commits)
            {
                return $"the reflog has {store.Reflog.NewestFirst().Count()} entries of {commits}, {store.Reflog.Pruned.Sequence} of them pruned";
            }

            if (commits < acknowledged || commits >= _after.Count)
            {
                return $"commit {acknowledged} was acknowledged, {commits} are there of {_after.Count - 1} begun";
            }

            var rows = store.Scan("refs", "").Select(row => $"{row.Key}={Encoding.ASCII.GetString(row.Value.Span)}").ToArray();
            if (!rows.SequenceEqual(_after[commits].Select(row => $"{row.Key}={row.Value}"), StringComparer.Ordinal))
            {
                return $"after commit {commits} the references are {string.Join(' ', rows)}";
            }

            foreach (var tip in _after[commits].Values)
            {
                await store.ReadAllAsync(SnapshotId.Parse(tip));
            }

            var report = await store.VerifyAsync(null, default);
            return report.IsHealthy ? null : $"not healthy: {report.Damage[0]}";
        }

        private async Task<SnapshotId> RecordAsync(ObjectStore store, SnapshotId? parent)
        {
            var branch = $"branch/{_random.Next(3)}";
            await using var transaction = store.Begin();
            var version = _after.Count;
            var id = await transaction.RecordAsync(parent, ("file", Histories.Source(1, version)), ($"new {version}", $"content {version}"));
            return await CommitAsync(transaction, branch, id, expected => expected[branch] = id.ToString());
        }

        private async Task DropAsync(ObjectStore store)
        {
            if (_after[^1].Count > 1)
            {
                var branch = _after[^1].Keys.First();
                await using var transaction = store.Begin();
                await CommitAsync(transaction, branch, null, expected => expected.Remove(branch));
            }
        }

        private async Task<SnapshotId> CommitAsync(StoreTransaction transaction, string branch, SnapshotId? id, Action<SortedDictionary<string, string>> change)
        {
            SortedDictionary<string, string> expected = new(_after[^1], StringComparer.Ordinal);
            change(expected);
            _after.Add(expected);
            if (id is { } made)
            {
                transaction.Put("refs", branch, Encoding.ASCII.GetBytes(made.ToString()));
            }
            else
            {
                transaction.Delete("refs", branch);
            }

            transaction.AppendReflog("test", "{}", []);
            await transaction.CommitAsync(default);
            files.Acknowledge(_after.Count - 1);
            return id.GetValueOrDefault();
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
