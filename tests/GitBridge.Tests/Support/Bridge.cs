using System.Globalization;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Git;
using W0rktree.LocalAgent.Git.Import;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.Storage;

namespace W0rktree.GitBridge.Tests.Support;

/// <summary>A store with a bridge, in a folder that goes away with the test.</summary>
internal sealed class Bridge : IAsyncDisposable
{
    public static readonly TreeId Tree = new(7);

    private Bridge(string folder, ObjectStore store, ImportMemory memory)
    {
        (Folder, Store) = (folder, store);
        GitBridge = new LocalAgent.Git.GitBridge(store, Tree, SystemEntropy.Instance, TimeProvider.System) { Memory = memory };
    }

    public string Folder { get; }

    public ObjectStore Store { get; private set; }

    public LocalAgent.Git.GitBridge GitBridge { get; private set; }

    public StoreRefs Refs => new(Store);

    public ObjectGraph Graph => new(Store);

    public static Task<Bridge> CreateAsync() => CreateAsync(ImportMemory.Usual);

    public static async Task<Bridge> CreateAsync(ImportMemory memory)
    {
        var folder = Directory.CreateTempSubdirectory("wt-git-").FullName;
        return new Bridge(folder, (await ObjectStore.OpenAsync(Path.Combine(folder, "store"), new StoreOptions(), CancellationToken.None)).Value, memory);
    }

    /// <summary>Opens the store anew, with another clock.</summary>
    public async Task ReopenAsync(TimeProvider clock)
    {
        await Store.DisposeAsync();
        Store = (await ObjectStore.OpenAsync(Path.Combine(Folder, "store"), new StoreOptions { Clock = clock }, CancellationToken.None)).Value;
        GitBridge = new LocalAgent.Git.GitBridge(Store, Tree, SystemEntropy.Instance, clock);
    }

    public string At(string name) => Path.Combine(Folder, name);

    public Git Repository(string name, bool bare = true) => Git.Init(At(name), bare);

    public async Task<BridgeOutcome> ImportAsync(Git from) => Ok(await TryImportAsync(from));

    public async Task<Result<BridgeOutcome>> TryImportAsync(Git from)
    {
        var opened = await GitRepository.OpenAsync(from.Folder, CancellationToken.None);
        return opened.IsOk ? await GitBridge.ImportAsync(opened.Value, "", null, CancellationToken.None) : opened.Error;
    }

    public async Task<BridgeOutcome> ExportAsync(Git to)
    {
        var opened = Ok(await GitRepository.OpenOrCreateAsync(to.Folder, CancellationToken.None));
        return Ok(await GitBridge.ExportAsync(opened, [.. Refs.List("branch/")], null, CancellationToken.None));
    }

    /// <summary>Computes commits and trees from our objects alone, in the form of <see cref="Git.Commits"/>.</summary>
    public async Task<string[]> ComputedAsync()
    {
        var lines = new List<string>();
        Ok(await GitBridge.VerifyAsync((commit, tree) =>
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{commit} {tree}"));
            return ValueTask.CompletedTask;
        }, CancellationToken.None));
        lines.Sort(StringComparer.Ordinal);
        return [.. lines];
    }

    public async Task<SnapshotObject> TipAsync(string branch) =>
        await Graph.ReadSnapshotAsync(Refs.Get($"branch/{branch}") ?? throw new InvalidOperationException($"no branch {branch}"), CancellationToken.None);

    /// <summary>Puts a snapshot that never was a commit at the end of a branch.</summary>
    public async Task<SnapshotId> SnapshotAsync(string branch, string file, string text)
    {
        var tip = Refs.Get($"branch/{branch}");
        await using var transaction = Store.Begin();
        var content = await transaction.WriteContentAsync(System.Text.Encoding.UTF8.GetBytes(text), CancellationToken.None);
        var entry = new DirectoryEntry(Core.Paths.EntryName.Create(file).Value, EntryKind.File, (ulong)content.SizeBytes, content.Id);
        var root = tip is { } id ? await Graph.ReadDirectoryAsync((await Graph.ReadSnapshotAsync(id, CancellationToken.None)).Root, CancellationToken.None) : DirectoryObject.Empty;
        var made = transaction.WriteSnapshot(TestKit.Snapshots.Make(transaction.WriteDirectory(root.With(entry), CancellationToken.None), SnapshotKind.Manual, "ours", tip is { } parent ? [parent] : []), CancellationToken.None);
        StoreRefs.Move(transaction, $"branch/{branch}", tip, made);
        await transaction.CommitAsync(CancellationToken.None);
        return made;
    }

    /// <summary>Imports, compares every commit and tree, exports to a new repository, and compares that: the whole promise.</summary>
    public async Task<Git> RoundTripAsync(Git from, bool strict = true)
    {
        await ImportAsync(from);
        Assert.Equal(from.Commits(), await ComputedAsync());
        var back = new Git(At("back.git"));
        await ExportAsync(back);
        Assert.Equal(from.References(), back.References());
        Assert.Equal(from.Commits(), back.Commits());
        if (strict)
        {
            back.Run("fsck", "--strict", "--full");
        }

        return back;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();

        // .NET cannot delete names that are no UTF-8.
        using var remove = System.Diagnostics.Process.Start("rm", ["-rf", Folder]);
        await remove.WaitForExitAsync();
    }

    private static T Ok<T>(Result<T> result)
    {
        Assert.True(result.IsOk, result.IsOk ? "" : result.Error.ToString());
        return result.Value;
    }
}
