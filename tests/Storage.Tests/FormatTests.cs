using System.Text;
using System.Text.Json;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Collection;
using W0rktree.TestKit;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>
/// The bytes of a small store, once and for all: a difference here means that stores in the field could no longer be read.
/// Objects are too short to be compressed, because a library may compress otherwise tomorrow.
/// </summary>
public sealed class FormatTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private byte _salts;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_file_of_a_small_store_has_the_bytes_it_always_had()
    {
        StoreOptions options = new() { SegmentBytes = 400, Clock = new FixedClock(), NewSalt = NextSalt };
        await using (var store = (await ObjectStore.OpenAsync(_folder.Path, options, default)).Value)
        {
            for (var i = 1; i <= 3; i++)
            {
                using var transaction = store.Begin();
                var id = await transaction.WriteAsync($"content {i}");
                transaction.Put("refs", "branch/main", Bytes(id.ToString()));
                transaction.Put("copies", $"{i}", Bytes("{}"));
                transaction.Delete("copies", $"{i - 1}");
                transaction.AppendReflog("snapshot", $$"""{"n":{{i}}}""", [new("branch/main", i == 1 ? null : ContentHash.OfContent(Bytes($"content {i - 1}")), id)]);
                await transaction.CommitAsync(default);
            }

            await store.PackAsync(default);
            var roots = new GarbageRoot[] { new("test", GarbageRootKind.Reference, ContentHash.OfContent(Bytes("content 3"))) };
            Assert.True((await store.CollectAsync(new CollectionRequest { Roots = () => roots }, default)).IsOk);
        }

        var actual = await DumpAsync();
        Assert.Equal(Golden.Expect("tests/Storage.Tests/Golden/small-store.txt", actual), actual);
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void The_checksum_is_the_published_one(string text, uint expected) =>
        Assert.Equal(expected, Journal.Crc32C.Of(Bytes(text)));

    [Fact]
    public async Task The_recorded_store_is_read()
    {
        var text = File.ReadAllLines(Path.Combine(Repository.Root, "tests/Storage.Tests/Golden/small-store.txt"));
        MemoryStream? file = null;
        foreach (var line in text.Append("# "))
        {
            if (!line.StartsWith('#'))
            {
                file!.Write(Convert.FromHexString(line.Split("  ")[1]));
                continue;
            }

            file?.Dispose();
            if (line.Length > 2)
            {
                var path = Path.Combine(_folder.Path, line[2..]);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                file = new RecordedFile(path);
            }
        }

        await using var store = await _folder.OpenAsync();

        Assert.Equal("content 1", await store.TextAsync(ContentHash.OfContent(Bytes("content 1"))));
        Assert.Equal(ContentHash.OfContent(Bytes("content 3")).ToString(), store.Text("refs", "branch/main"));
        Assert.Equal(["3"], store.Scan("copies", "").Select(row => row.Key));
        Assert.Equal([3UL, 2UL, 1UL], store.Reflog.NewestFirst().Select(entry => entry.Sequence));
        Assert.Equal(new SnapshotTime(1_700_000_000_000, 120), store.Reflog.Find(2)!.Time);
        Assert.True((await store.VerifyAsync(null, default)).IsHealthy);
    }

    /// <summary>Packs that another program wrote from the page alone, with zstd's own command line.</summary>
    [Fact]
    public async Task The_packs_of_the_vectors_are_read_and_their_indexes_made_as_written_there()
    {
        await (await _folder.OpenAsync()).DisposeAsync();
        using var vectors = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "docs/format/vectors.json")));
        foreach (var vector in vectors.RootElement.GetProperty("packs").EnumerateArray())
        {
            var path = Path.Combine(_folder.Path, "packs", $"{vector.GetProperty("id").GetString()}.wtp");
            await File.WriteAllBytesAsync(path, Convert.FromHexString(vector.GetProperty("pack").GetString()!));
            await using var store = await _folder.OpenAsync();
            foreach (var expected in vector.GetProperty("objects").EnumerateArray())
            {
                Assert.Equal(expected.GetProperty("content").GetString(), await store.TextAsync(ContentHash.Parse(expected.GetProperty("id").GetString()!)));
            }

            var index = await File.ReadAllBytesAsync(Path.ChangeExtension(path, ".wti"));
            Assert.Equal(vector.GetProperty("index_blake3").GetString(), ContentHash.OfContent(index).ToString());
            Assert.True((await store.VerifyAsync(null, default)).IsHealthy);
        }
    }

    private byte[] NextSalt() => [.. Enumerable.Repeat(++_salts, 16)];

    private async Task<string> DumpAsync()
    {
        StringBuilder text = new();
        foreach (var file in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(_folder.Path, file).Replace('\\', '/');
            if (name == "lock")
            {
                continue;
            }

            text.Append($"# {name}\n");
            var bytes = await File.ReadAllBytesAsync(file);
            for (var at = 0; at < bytes.Length; at += 32)
            {
                text.Append($"{at:x6}  {Convert.ToHexStringLower(bytes.AsSpan(at, Math.Min(32, bytes.Length - at)))}\n");
            }
        }

        return text.ToString();
    }

    private sealed class RecordedFile(string path) : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            File.WriteAllBytes(path, ToArray());
            base.Dispose(disposing);
        }
    }

    private sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), "test", "test");

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
    }
}
