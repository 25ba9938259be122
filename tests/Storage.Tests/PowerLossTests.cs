using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Tests.Faults;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>
/// Random work against a model in memory, on a disk that may lose and reorder whatever was not synced. After every power loss
/// the store must be sound, hold everything that was acknowledged, and report no damage, for there was none.
/// </summary>
public sealed class PowerLossTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_is_done_and_wherever_power_is_lost_the_store_is_as_acknowledged(int seed)
    {
        Random random = new(seed);
        LossyFiles files = new();
        Model model = new();
        for (var round = 0; round < 40; round++)
        {
            var where = $"seed {seed}, round {round}";
            var opened = await ObjectStore.OpenAsync(_folder.Path, new StoreOptions { Files = files, SegmentBytes = 2048 }, default);
            Assert.True(opened.IsOk, $"{where}: {(opened.IsOk ? "" : opened.Error.ToString())}");
            var store = opened.Value;
            Assert.True(store.Recovery.Damage.Count == 0, $"{where}: {string.Join(';', store.Recovery.Damage)}");
            await model.SettleAsync(store, where);
            if (random.Next(3) > 0)
            {
                files.FailAfter = random.Next(120);
            }

            await WorkAsync(store, model, random);
            var lost = random.Next(4) > 0;
            var afterwards = lost ? files.LosePower(random) : null;
            await CloseAsync(store);
            files.FailAfter = -1;

            // A disk that failed is only ever seen again through a restart.
            files = afterwards ?? (files.HasFailed ? files.LosePower(random) : files);
        }
    }

    private static async Task CloseAsync(ObjectStore store)
    {
        try
        {
            await store.DisposeAsync();
        }
        catch (IOException)
        {
            // What a dying process says no one hears.
        }
    }

    private static async Task WorkAsync(ObjectStore store, Model model, Random random)
    {
        List<StoreTransaction> open = [];
        try
        {
            for (var step = 0; step < 25; step++)
            {
                switch (random.Next(10))
                {
                    case < 6:
                        await model.CommitAsync(store, random);
                        break;
                    case 6:
                        open.Add(store.Begin());
                        break;
                    case 7 when open.Count > 0:
                        // Grows over segments and may never be committed.
                        await open[^1].WriteAsync(ObjectKind.Content, Garbage(random, out var bytes), bytes, default);
                        break;
                    case 8 when open.Count > 0:
                        open[0].Dispose();
                        open.RemoveAt(0);
                        break;
                    case 9:
                        await store.PackAsync(default);
                        break;
                    default:
                        break;
                }
            }
        }
        catch (IOException)
        {
            // The disk has failed.
        }
        finally
        {
            open.ForEach(transaction => transaction.Dispose());
        }
    }

    private static ContentHash Garbage(Random random, out byte[] bytes)
    {
        bytes = new byte[random.Next(1, 3000)];
        random.NextBytes(bytes);
        return ContentHash.OfContent(bytes);
    }

    /// <summary>What must be there, and the one commit of which nobody was told how it ended.</summary>
    private sealed class Model
    {
        private readonly Dictionary<string, string> _rows = new(StringComparer.Ordinal);
        private readonly Dictionary<ContentHash, byte[]> _objects = [];
        private Commit? _unknown;
        private int _logged;
        private int _number;

        public async Task CommitAsync(ObjectStore store, Random random)
        {
            using var transaction = store.Begin();
            Commit commit = new($"{++_number}", [], []);
            for (var i = random.Next(4); i > 0; i--)
            {
                var id = Garbage(random, out var bytes);
                await transaction.WriteAsync(ObjectKind.Content, id, bytes, default);
                commit.Objects[id] = bytes;
            }

            for (var i = random.Next(3); i > 0; i--)
            {
                var key = $"k{random.Next(6)}";
                string? value = random.Next(4) == 0 ? null : $"{_number}";
                commit.Rows[key] = value;
                Set(transaction, key, value);
            }

            transaction.AppendReflog("test", commit.Name, []);
            _unknown = commit;
            await transaction.CommitAsync(default);
            Take(commit);
        }

        /// <summary>Finds out about the unknown commit and compares everything.</summary>
        public async Task SettleAsync(ObjectStore store, string where)
        {
            var newest = store.Reflog.NewestFirst().FirstOrDefault();
            if (_unknown is { } unknown && newest?.Details == unknown.Name)
            {
                Take(unknown);
            }

            _unknown = null;
            Assert.True(store.Reflog.NewestFirst().Count() == _logged, $"{where}: entries of the reflog");
            Assert.Equal(
                _rows.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => $"{row.Key}={row.Value}"),
                store.Scan("t", "").Select(row => $"{row.Key}={System.Text.Encoding.UTF8.GetString(row.Value.Span)}"));
            foreach (var (id, bytes) in _objects)
            {
                var found = await store.TryReadAsync(id, default);
                Assert.True(found is not null && found.Bytes.Span.SequenceEqual(bytes), $"{where}: object {id}");
            }

            Assert.True(store.ObjectCount == _objects.Count, $"{where}: {store.ObjectCount} objects, not {_objects.Count}");
            var report = await store.VerifyAsync(null, default);
            Assert.True(report.IsHealthy, $"{where}: {string.Join(';', report.Damage)}");
        }

        private static void Set(StoreTransaction transaction, string key, string? value)
        {
            if (value is null)
            {
                transaction.Delete("t", key);
            }
            else
            {
                transaction.Put("t", key, Bytes(value));
            }
        }

        private void Take(Commit commit)
        {
            _unknown = null;
            _logged++;
            foreach (var (id, bytes) in commit.Objects)
            {
                _objects[id] = bytes;
            }

            foreach (var (key, value) in commit.Rows)
            {
                _ = value is null ? _rows.Remove(key) : (_rows[key] = value) is not null;
            }
        }

        private sealed record Commit(string Name, Dictionary<ContentHash, byte[]> Objects, Dictionary<string, string?> Rows);
    }
}
