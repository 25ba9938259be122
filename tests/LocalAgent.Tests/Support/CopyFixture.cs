using System.Threading.Channels;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Watching;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Native;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Tests.Support;

/// <summary>A working copy with a real directory and a real store, and no watcher: a test scans when it wants to.</summary>
internal sealed class CopyFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private CopyFixture(OpenCopy copy, TempFolder folder)
    {
        Copy = copy;
        _folder = folder;
        Recorder = new SnapshotRecorder(copy);
        Operations = new CopyOperations(copy, Recorder);
    }

    public OpenCopy Copy { get; }

    public SnapshotRecorder Recorder { get; }

    public CopyOperations Operations { get; }

    public string Root => Copy.Root;

    public static Task<CopyFixture> CreateAsync() => CreateAsync(new NoWatcher(), TimeProvider.System);

    public static async Task<CopyFixture> CreateAsync(IFileWatcher watcher, TimeProvider time)
    {
        var folder = new TempFolder();
        var root = folder.At("work");
        foreach (var part in new[] { "cookies", "tmp" })
        {
            Directory.CreateDirectory(Path.Combine(root, ".wt", "state", part));
        }

        var identity = new CopyIdentity { Copy = new CopyId(1).ToString(), Worktree = new WorktreeId(2).ToString(), Tree = new TreeId(3).ToString(), Store = "store", Name = "work" };
        await File.WriteAllBytesAsync(Path.Combine(root, ".wt", "state", "copy.json"), identity.ToJson());
        var store = (await ObjectStore.OpenAsync(folder.At("store"), new StoreOptions(), CancellationToken.None)).Value;
        var files = new PosixWorkingDirectory(root, StateLayout.Default, TimeProvider.System);
        var config = ConfigStack.ForWorktree(new ConfigPaths(folder.At("system.toml"), folder.At("user.toml")), root, new Dictionary<string, string>());
        var copy = new OpenCopy(new CopyParts(identity, root, store, files, watcher, config, time, SystemEntropy.Instance));
        copy.Ready.SetResult();
        return new CopyFixture(copy, folder);
    }

    public string At(string relative) => Path.Combine(Root, relative);

    public void Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(relative))!);
        File.WriteAllText(At(relative), text);
    }

    /// <summary>Scans and records.</summary>
    public async Task<SnapshotOutcome> SnapshotAsync(SnapshotKind kind = SnapshotKind.Manual, string? message = "test")
    {
        using var turn = await Copy.Turns.TakeAsync(CancellationToken.None);
        Copy.Scanner.ScanAll(CancellationToken.None);
        var outcome = await Recorder.RecordAsync(turn, new SnapshotRequest(kind, message, "test"), null, CancellationToken.None);
        Assert.True(outcome.IsOk, outcome.IsOk ? "" : outcome.Error.ToString());
        return outcome.Value;
    }

    /// <summary>Lists what a snapshot holds, as <c>path kind hash</c>.</summary>
    public async Task<IReadOnlyDictionary<string, DirectoryEntry>> FilesOfAsync(SnapshotId id)
    {
        var files = new SortedDictionary<string, DirectoryEntry>(StringComparer.Ordinal);
        var snapshot = await Copy.Graph.ReadSnapshotAsync(id, CancellationToken.None);
        foreach (var change in await Core.TreeDiff.DirectoryDiff.CompareAsync(Copy.Graph, null, snapshot.Root, CancellationToken.None))
        {
            files[change.Path.ToString()] = change.New!;
        }

        return files;
    }

    public async ValueTask DisposeAsync()
    {
        Copy.Dispose();
        await Copy.Store.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Sees nothing and says so, which makes every catch-up scan.</summary>
    private sealed class NoWatcher : IFileWatcher
    {
        public string Backend => "none";

        public int WatchedDirectories => 0;

        public string? Degraded => "a test does without";

        public void Watch(TreePath directory)
        {
        }

        public Task RunAsync(ChannelWriter<WatchEvent> output, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
