using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Tests.Simulation;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.WorkingCopy.Index;
using W0rktree.Storage;
using W0rktree.Core.Identity;

namespace W0rktree.LocalAgent.Tests.WorkingCopy;

/// <summary>A directory that the user may not look into is neither empty nor an end of the scan. Simulated, because root may look everywhere.</summary>
public sealed class UnreadableDirectoryTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SimulatedWatcher _watcher = new();
    private readonly SimulatedFiles _files;
    private readonly WorkingIndex _index = new();
    private readonly TreeScanner _scanner;

    public UnreadableDirectoryTests()
    {
        _files = new SimulatedFiles(new ManualTime(), _watcher);
        _watcher.Files = _files;
        _scanner = new TreeScanner(_files, _watcher, _index, new IgnoreBook(_files, () => true));
        _files.MakeDirectory("data");
        _files.Truncate("data/kept");
        _files.Truncate("data/gone");
        _files.Truncate("z");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_the_tip_has_below_it_does_not_count_as_deleted()
    {
        await RecordAsync();
        _files.Closed.Add("data");
        _files.Append("z", [1]);
        _scanner.ScanAll(CancellationToken.None);
        Assert.Equal(["data"], _scanner.Unreadable.Select(path => path.ToString()));
        Assert.Equal(["z"], _index.Pending.Select(node => node.Path.ToString()));
        Assert.Equal(1, _index.FileCount);
    }

    [Fact]
    public async Task When_it_opens_again_what_happened_meanwhile_is_found()
    {
        await RecordAsync();
        _files.Closed.Add("data");
        _scanner.ScanAll(CancellationToken.None);
        _files.Delete("data/gone");
        _files.Closed.Clear();
        _scanner.Refresh(W0rktree.Core.Paths.TreePath.Parse("data").Value, subtree: false, CancellationToken.None);
        Assert.Empty(_scanner.Unreadable);
        Assert.Contains("data/gone", _index.Pending.Where(node => !node.IsPresentFile).Select(node => node.Path.ToString()));
        Assert.Equal(2, _index.FileCount);
    }

    [Fact]
    public async Task When_it_is_deleted_all_below_it_is()
    {
        await RecordAsync();
        _files.Closed.Add("data");
        _scanner.ScanAll(CancellationToken.None);
        _files.Delete("data");
        _scanner.ScanAll(CancellationToken.None);
        Assert.Equal(["data/gone", "data/kept"], _index.Pending.Select(node => node.Path.ToString()).Order(StringComparer.Ordinal));
    }

    /// <summary>Makes what is there the base, as a start on a snapshot does.</summary>
    private async Task RecordAsync()
    {
        await using var store = (await ObjectStore.OpenAsync(_folder.At("store"), new StoreOptions(), CancellationToken.None)).Value;
        await using var transaction = store.Begin();
        _scanner.ScanAll(CancellationToken.None);
        foreach (var node in _index.Pending.ToArray())
        {
            var hash = transaction.WriteWholeContent(_files.Find(node.Path.ToString())!.Bytes, CancellationToken.None);
            _index.Learn(node, hash, node.Found!.Value, stored: true, racy: false);
        }

        var root = await new LocalAgent.Snapshots.DirectoryBuilder(transaction).BuildRootAsync(_index, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        await _index.LoadBaseAsync(new ObjectGraph(store), root.Value, CancellationToken.None);
        _scanner.ScanAll(CancellationToken.None);
        foreach (var node in _index.Pending.ToArray())
        {
            _index.Learn(node, ContentHash.OfContent(_files.Find(node.Path.ToString())!.Bytes), node.Found!.Value, stored: false, racy: false);
        }

        Assert.Empty(_index.Pending);
    }
}
