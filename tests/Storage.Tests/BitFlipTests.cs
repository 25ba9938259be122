using System.Globalization;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Tests.Faults;
using Xunit.Abstractions;

namespace W0rktree.Storage.Tests;

/// <summary>Bits of every file of a small store are flipped, one at a time: each is noticed or harmless, and never gives wrong bytes.</summary>
public sealed class BitFlipTests(ITestOutputHelper output) : IDisposable
{
    private readonly StoreFolder _folder = new();

    // A prime, so that all bits of bytes take part; tests/campaigns/crash flips every bit.
    private static int Step =>
        int.TryParse(Environment.GetEnvironmentVariable("WT_FLIP_STEP"), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : 61;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_flipped_bit_is_noticed_or_harmless()
    {
        TracedFiles files = new(new Dictionary<string, byte[]>());
        var (objects, rows) = await FillAsync(files);
        var trace = files.Trace();
        var whole = trace.CutAt(trace.Length, CutMode.Kept, new Random(0));
        Dictionary<string, int> outcomes = new(StringComparer.Ordinal);
        foreach (var path in whole.Keys.Order(StringComparer.Ordinal))
        {
            for (var bit = 0; bit < whole[path].Length * 8; bit += Step)
            {
                Dictionary<string, byte[]> damaged = new(whole) { [path] = [.. whole[path]] };
                damaged[path][bit / 8] ^= (byte)(1 << (bit % 8));
                var outcome = await OutcomeAsync(damaged, objects, rows, $"{Path.GetFileName(path)} bit {bit}");
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
        }

        output.WriteLine($"{outcomes.Values.Sum()} bits: {string.Join(", ", outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}"))}");
        Assert.True(outcomes.GetValueOrDefault("noticed") > outcomes.GetValueOrDefault("harmless"), "most bits of a store mean something");
    }

    private async Task<string> OutcomeAsync(Dictionary<string, byte[]> damaged, IReadOnlyList<ContentHash> objects, string[] rows, string where)
    {
        var opened = await ObjectStore.OpenAsync(_folder.Path, new StoreOptions { Files = new TracedFiles(damaged), SegmentBytes = 2048 }, default);
        if (!opened.IsOk)
        {
            return "refused";
        }

        await using var store = opened.Value;
        var missing = 0;
        foreach (var id in objects)
        {
            try
            {
                // Every kind of object proves its id when it is read; what is compared here is the content of files.
                var found = await store.TryReadAsync(id, default);
                Assert.True(found is not { Kind: ObjectKind.Content } || ContentHash.OfContent(found.Bytes.Span) == id, $"{where}: wrong bytes");
                missing += found is null ? 1 : 0;
            }
            catch (CorruptObjectException)
            {
                missing++;
            }
        }

        var report = await store.VerifyAsync(null, default);
        var isNoticed = !report.IsHealthy || store.Recovery.Damage.Count > 0;
        Assert.True(isNoticed || missing == 0, $"{where}: {missing} objects are gone and nobody says so");
        Assert.True(isNoticed || Rows(store).SequenceEqual(rows, StringComparer.Ordinal), $"{where}: the references are {string.Join(' ', Rows(store))}");
        return isNoticed ? "noticed" : "harmless";
    }

    private async Task<(IReadOnlyList<ContentHash> Objects, string[] Rows)> FillAsync(TracedFiles files)
    {
        await using var store = (await ObjectStore.OpenAsync(_folder.Path, new StoreOptions { Files = files, SegmentBytes = 2048 }, default)).Value;
        SnapshotId? tip = null;
        List<ContentHash> objects = [];
        for (var i = 0; i < 6; i++)
        {
            tip = await store.RecordAsync($"branch/{i % 2}", tip, ("file", $"{i} {string.Concat(Enumerable.Repeat("a line that is the same\n", 20))}"), ($"n{i}", $"{i}"));
            objects.Add(tip.Value.Hash);
            if (i == 3)
            {
                await store.PackAsync(closeActive: true, default);
                await store.CollectAsync(new CollectionRequest { Roots = () => store.Roots().ToArray() }, default);
                await store.PruneReflogAsync(2, default);
            }
        }

        ObjectGraph graph = new(store);
        foreach (var snapshot in objects.ToArray())
        {
            var root = (await graph.ReadSnapshotAsync(new SnapshotId(snapshot), default)).Root;
            objects.Add(root);
            objects.AddRange((await graph.ReadDirectoryAsync(root, default)).Entries.Select(entry => entry.Hash));
        }

        return ([.. objects.Distinct()], Rows(store));
    }

    private static string[] Rows(ObjectStore store) =>
        [.. store.Scan("refs", "").Select(row => $"{row.Key}={Encoding.ASCII.GetString(row.Value.Span)}")];
}
