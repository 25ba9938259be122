using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.WorkingCopy.Index;

namespace W0rktree.LocalAgent.Tests.WorkingCopy;

public sealed class IndexCacheTests : IAsyncLifetime
{
    private CopyFixture _copy = null!;

    public async Task InitializeAsync()
    {
        _copy = await CopyFixture.CreateAsync();
        _copy.Write("a", "one");
        _copy.Write("d/b", "two");
        await _copy.SnapshotAsync();
    }

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public void What_was_written_is_read_back_and_given_once()
    {
        var cache = IndexCache.Parse(IndexCache.Format(_copy.Copy.Index).Span);
        Assert.Equal(2, cache.Count);
        var path = TreePath.Parse("d/b").Value;
        var node = _copy.Copy.Index.Find(path)!;
        Assert.Equal(node.Work!.Hash, cache.TryTake(path, node.Found!.Value));
        Assert.Null(cache.TryTake(path, node.Found.Value));
    }

    [Fact]
    public void A_file_that_looks_different_is_not_known()
    {
        var path = TreePath.Parse("a").Value;
        var found = _copy.Copy.Index.Find(path)!.Found!.Value;
        foreach (var other in new[]
        {
            found.Stamp with { ModifiedNs = found.Stamp.ModifiedNs + 1 }, found.Stamp with { ChangedNs = found.Stamp.ChangedNs + 1 },
            found.Stamp with { SizeBytes = 4 }, found.Stamp with { Inode = 1 }, found.Stamp with { Mode = 0 },
        })
        {
            Assert.Null(IndexCache.Parse(IndexCache.Format(_copy.Copy.Index).Span).TryTake(path, found with { Stamp = other }));
        }
    }

    [Fact]
    public void Any_flipped_bit_and_any_cut_makes_it_empty()
    {
        var bytes = IndexCache.Format(_copy.Copy.Index).ToArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.Equal(0, IndexCache.Parse(bytes).Count);
            bytes[i] ^= 1;
            Assert.Equal(0, IndexCache.Parse(bytes.AsSpan(0, i)).Count);
        }

        Assert.Equal(2, IndexCache.Parse(bytes).Count);
    }
}
