using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Storage.Packs;

namespace W0rktree.Storage.Tests;

/// <summary>Histories that go straight into a pack.</summary>
public sealed class HistoryPackTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private string Packs => Path.Combine(_folder.Path, "packs");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_version_reads_back_whole_however_long_the_chain()
    {
        var texts = Versions(200).ToArray();
        var ids = new List<ContentHash>();
        var directories = new List<DirectoryEncoding>();
        await using (var store = await _folder.OpenAsync())
        {
            using var pack = store.BeginHistory();
            OlderVersion? older = null;
            foreach (var text in texts)
            {
                ids.Add(pack.WriteContent(text, older));
                older = new OlderVersion(ids[^1], text);
                directories.Add(pack.WriteDirectory(Large(ids), directories.LastOrDefault()));
            }

            Assert.False(store.Contains(ids[0]));
            await pack.PublishAsync(default);
            Assert.True(store.Contains(ids[0]));
        }

        await using var again = await _folder.OpenAsync();
        var graph = new ObjectGraph(again);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal(texts[i], (await again.TryReadAsync(ids[i], default))!.Bytes.ToArray());
            Assert.Equal(Large([.. ids.Take(i + 1)]).Id, (await graph.ReadDirectoryAsync(directories[i].Id, default)).Id);
        }

        Assert.True((await again.VerifyAsync(null, default)).IsHealthy);
        Assert.True(new FileInfo(Directory.GetFiles(Packs, "*.wtp").Single()).Length < texts.Sum(text => (long)text.Length) / 4, "versions are stored against the ones before them");
    }

    [Fact]
    public async Task What_is_given_up_leaves_nothing()
    {
        await using var store = await _folder.OpenAsync();
        ContentHash id;
        using (var pack = store.BeginHistory())
        {
            id = pack.WriteContent("never"u8, null);
        }

        Assert.False(store.Contains(id));
        Assert.Empty(Directory.GetFiles(Packs));
    }

    [Fact]
    public async Task A_process_that_ends_before_it_published_leaves_nothing_after_the_next_start()
    {
        await using (var store = await _folder.OpenAsync())
        {
            File.WriteAllText(Path.Combine(Packs, "history.wt-tmp"), "half a pack");
        }

        await using var again = await _folder.OpenAsync();
        Assert.Empty(Directory.GetFiles(Packs));
    }

    [Fact]
    public async Task An_object_that_the_store_has_or_that_was_written_before_is_not_written_again()
    {
        await using var store = await _folder.OpenAsync();
        ContentHash there;
        await using (var transaction = store.Begin())
        {
            there = transaction.WriteWholeContent("there"u8, default);
            await transaction.CommitAsync(default);
        }

        using var pack = store.BeginHistory();
        Assert.Equal(there, pack.WriteContent("there"u8, null));
        _ = pack.WriteContent("new"u8, null);
        _ = pack.WriteContent("new"u8, null);
        await pack.PublishAsync(default);

        Assert.Equal(2, store.ObjectCount);
        Assert.Equal("there", Encoding.UTF8.GetString((await store.TryReadAsync(there, default))!.Bytes.Span));
    }

    private static IEnumerable<byte[]> Versions(int count)
    {
        var random = new Random(7);
        var lines = Enumerable.Range(0, 300).Select(i => $"line {i} {random.Next()}").ToList();
        for (var i = 0; i < count; i++)
        {
            lines[random.Next(lines.Count)] = $"changed in {i}: {random.Next()}";
            yield return Encoding.UTF8.GetBytes(string.Join('\n', lines));
        }
    }

    /// <summary>Makes a directory of pages: 1,500 files of which one is new each time.</summary>
    private static DirectoryObject Large(IReadOnlyList<ContentHash> ids) =>
        DirectoryObject.Of(Enumerable.Range(0, 1500).Select(i => new DirectoryEntry(EntryName.Create($"f{i:0000}").Value, EntryKind.File, (ulong)i, ids[i < ids.Count ? i : 0])));
}
