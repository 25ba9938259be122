using System.Threading.Channels;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Watching;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Native;
using W0rktree.Storage;

namespace W0rktree.CrashDriver;

/// <summary>A working copy as the agent has it open, in one folder with its store. It is not watched: each operation scans.</summary>
internal sealed class AgentCopy : IAsyncDisposable
{
    private readonly AgentPipeline _pipeline;
    private readonly AgentLog _log;

    private AgentCopy(AgentPipeline pipeline, AgentLog log) => (_pipeline, _log) = (pipeline, log);

    public OpenCopy Copy => _pipeline.Copy;

    public CopyOperations Operations => _pipeline.Operations;

    /// <summary>Makes an empty working copy's folder and names it.</summary>
    public static string MakeFolder(string folder)
    {
        var work = Path.Combine(folder, "work");
        Directory.CreateDirectory(Path.GetDirectoryName(WorktreeRoot.IdentityFile(work))!);
        CopyIdentity identity = new() { Copy = new CopyId(1).ToString(), Worktree = new WorktreeId(2).ToString(), Tree = new TreeId(3).ToString(), Store = "store", Name = "work" };
        File.WriteAllBytes(WorktreeRoot.IdentityFile(work), identity.ToJson());
        return work;
    }

    /// <summary>Opens store and copy and runs the agent's start of a copy.</summary>
    public static async Task<AgentCopy> StartAsync(string folder, bool wasCutOff = true)
    {
        var work = Path.Combine(folder, "work");
        var opened = await ObjectStore.OpenAsync(Path.Combine(folder, "store"), new StoreOptions(), default);
        if (!opened.IsOk)
        {
            throw new IOException(opened.Error.ToString());
        }

        // The log stands beside the folder: what is cut off here is the work itself.
        AgentLog log = new($"{folder}.log", TimeProvider.System, () => "error");
        var identity = CopyIdentity.Parse(work, await File.ReadAllBytesAsync(WorktreeRoot.IdentityFile(work))).Value;
        WorktreeRoot.MakeStateFolders(work, opened.Value);
        PosixWorkingDirectory files = new(work, StateLayout.Default, TimeProvider.System);
        var config = ConfigStack.ForWorktree(new ConfigPaths($"{folder}.system.toml", $"{folder}.user.toml"), work, new Dictionary<string, string>());
        OpenCopy copy = new(new CopyParts(identity, work, opened.Value, files, new NoWatcher(), config, TimeProvider.System, SystemEntropy.Instance));
        EventHub events = new(TimeProvider.System);
        AgentPipeline pipeline = new(copy, events, log, null);
        AgentPaths paths = new(new Dictionary<string, string> { ["HOME"] = $"{folder}.home" });
        AgentParts parts = new(paths, TimeProvider.System, SystemEntropy.Instance, events, log, null, default);
        await new CopyStart(pipeline, parts, new PreviousRun(wasCutOff ? "1" : null, null), static () => []).RunAsync(default);
        AgentCopy started = new(pipeline, log);
        try
        {
            await copy.Ready.Task;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }

        return started;
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new IOException(otherwise);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        await Copy.Store.DisposeAsync();
        _log.Dispose();
    }

    /// <summary>Sees nothing and says so, which makes every catch-up scan.</summary>
    private sealed class NoWatcher : IFileWatcher
    {
        public string Backend => "none";

        public int WatchedDirectories => 0;

        public string? Degraded => "nothing is watched here";

        public void Watch(TreePath directory)
        {
        }

        public Task RunAsync(ChannelWriter<WatchEvent> output, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        public void Dispose()
        {
        }
    }
}
