using System.Collections.Immutable;
using System.Threading.Channels;
using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Packs;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;
using W0rktree.Storage.Packs;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Brings commits with everything below them into a store: trees are read ahead, then blobs read and written, then trees
/// converted; each stage works on another window. What is written counts only with the references, which the caller sets.
/// </summary>
internal sealed class HistoryImport(GitRepository repository, ObjectStore store, GitIdMap map, SnapshotMaker maker)
{
    /// <summary>Windows that wait between two stages.</summary>
    private const int WindowsAhead = 2;

    // What deltas of the repository go back to: the chains of the directories and of the files that change most.
    private const long KeptTreeBytes = 24 << 20;
    private const long KeptBlobBytes = 64 << 20;

    private readonly KnownObjects _known = new();
    private readonly HashSet<GitId> _seen = [];
    private readonly List<IndexedSnapshot> _made = [];
    private Dictionary<SnapshotId, ReadOnlyMemory<byte>> _lastSnapshots = [];

    /// <summary>Gets how much of what was read is kept.</summary>
    public ImportMemory Memory { get; init; } = ImportMemory.Usual;

    /// <summary>Gets what every object that was met became.</summary>
    public IEnumerable<KeyValuePair<GitId, GitTarget>> Known => _known.All;

    /// <summary>Gets the snapshots that were made, parents first.</summary>
    public IReadOnlyList<IndexedSnapshot> Made => _made;

    /// <summary>Imports what the map does not have of the histories of some commits; gives the number of new snapshots.</summary>
    public async Task<int> RunAsync(IReadOnlyCollection<GitId> tips, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var wanted = tips.Where(tip => map.Find(tip) is null).Distinct().ToList();
        var commits = wanted.Count == 0 ? [] : await repository.CommitsAsync(wanted, map.Commits, cancellationToken);
        if (commits.Count > 0)
        {
            if (map.Count > 0)
            {
                await new BoundarySeed(repository, store, map, _known, _seen).RunAsync(commits, cancellationToken);
            }

            await PumpAsync((reader, token) => reader.ReadAsync(commits, token), commits.Count, progress, cancellationToken);
        }

        return commits.Count;
    }

    /// <summary>Imports trees and blobs that no commit names; gives what they became.</summary>
    public async Task<GitTarget> BareAsync(GitId id, GitType type, CancellationToken cancellationToken)
    {
        var none = ImmutableArray<GitId>.Empty;
        await PumpAsync((reader, token) => One(reader, type == GitType.Tree ? [id] : none, type == GitType.Blob ? [id] : none, token), 0, null, cancellationToken);
        return _known.Find(id) ?? throw new GitRefusalException("git_damaged", $"The object {id} was not read.");
    }

    private async IAsyncEnumerable<ImportWindow> One(
        WindowReader reader, ImmutableArray<GitId> trees, ImmutableArray<GitId> blobs, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = await reader.ReadTreesAsync(trees, cancellationToken);
        window.Blobs.AddRange(blobs.Where(_seen.Add).Select(id => new WantedBlob(id, null)));
        yield return window;
    }

    private async Task PumpAsync(Func<WindowReader, CancellationToken, IAsyncEnumerable<ImportWindow>> read, int total, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        using var packs = PackedRepository.Open(repository.Git.GitFolder);
        var room = new ArrayRoom();
        await using var treeSource = new GitObjectSource(repository.Git, new PackedObjects(packs, room, KeptTreeBytes));
        await using var blobSource = new GitObjectSource(repository.Git, new PackedObjects(packs, room, KeptBlobBytes));
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        using var target = new ImportTarget(store);

        // Full channels make the stage before wait, which is what bounds memory.
        var trees = Channel.CreateBounded<ImportWindow>(WindowsAhead);
        var blobs = Channel.CreateBounded<ImportWindow>(WindowsAhead);
        await AllAsync(
            failed,
            Task.Run(() => TreesAsync(read(new WindowReader(treeSource, _seen, Memory), failed.Token), trees.Writer, failed.Token), CancellationToken.None),
            Task.Run(() => BlobsAsync(new BlobStage(blobSource, target, room, Memory, repository.LargeFiles), trees.Reader, blobs.Writer, failed.Token), CancellationToken.None),
            Task.Run(() => ConvertAsync(target, blobs.Reader, total, progress, failed.Token), CancellationToken.None));
        await target.FinishAsync(cancellationToken);
    }

    private static async Task TreesAsync(IAsyncEnumerable<ImportWindow> windows, ChannelWriter<ImportWindow> output, CancellationToken cancellationToken)
    {
        await foreach (var window in windows)
        {
            await output.WriteAsync(window, cancellationToken);
        }

        output.Complete();
    }

    private static async Task BlobsAsync(BlobStage stage, ChannelReader<ImportWindow> input, ChannelWriter<ImportWindow> output, CancellationToken cancellationToken)
    {
        await foreach (var window in input.ReadAllAsync(cancellationToken))
        {
            await stage.RunAsync(window, cancellationToken);
            await output.WriteAsync(window, cancellationToken);
        }

        output.Complete();
    }

    private async Task ConvertAsync(ImportTarget target, ChannelReader<ImportWindow> input, int total, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var done = 0;
        var conversion = new TreeConversion(_known, target.Pack);
        await foreach (var window in input.ReadAllAsync(cancellationToken))
        {
            window.Contents.ForEach(made => _known.Add(made.Key, made.Value));
            Convert(window, conversion, target.Pack, cancellationToken);
            done += window.Commits.Count;
            progress?.Report(new ProgressInfo("importing", done, total, "commits"));
        }
    }

    private void Convert(ImportWindow window, TreeConversion conversion, HistoryPack pack, CancellationToken cancellationToken)
    {
        var snapshots = new Dictionary<SnapshotId, ReadOnlyMemory<byte>>(window.Commits.Count);
        foreach (var (id, commit) in window.Commits)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var root = conversion.Convert(window, id, commit.Tree);
            var parents = commit.Parents.Select(parent => map.Find(parent) ?? throw new GitRefusalException("git_damaged", $"The parent {parent} of the commit {id} was not read.")).ToImmutableArray();
            var snapshot = maker.Make(id, commit, root, parents);
            map.Add(id, snapshot.Id);
            _made.Add(IndexedSnapshot.Of(snapshot.Id, snapshot));
            snapshots[snapshot.Id] = pack.WriteSnapshot(snapshot, parents.IsEmpty ? null : Recent(snapshots, parents[0]));
        }

        _lastSnapshots = snapshots;
        foreach (var tree in window.Commits.Count == 0 ? [.. window.Trees.Keys] : Array.Empty<GitId>())
        {
            _ = conversion.Convert(window, tree, tree);
        }
    }

    private OlderVersion? Recent(Dictionary<SnapshotId, ReadOnlyMemory<byte>> window, SnapshotId id) =>
        window.TryGetValue(id, out var bytes) || _lastSnapshots.TryGetValue(id, out bytes) ? new OlderVersion(id.Hash, bytes) : null;

    // The first failure is the one to tell of; it makes the other stages stop.
    private static async Task AllAsync(CancellationTokenSource failed, params Task[] stages)
    {
        var running = stages.ToList();
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? first = null;
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            if (!ended.IsCompletedSuccessfully && first is null)
            {
                await failed.CancelAsync();
                first = ended.Exception is { } e ? System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e.InnerException!) : null;
                if (first is null && running.Count == 0)
                {
                    await ended;
                }
            }
        }

        first?.Throw();
        failed.Token.ThrowIfCancellationRequested();
    }
}
