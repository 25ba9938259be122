using System.Collections.Immutable;
using System.Threading.Channels;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Brings commits with everything below them into a store: trees are read ahead, then blobs read and written, then trees
/// converted; each stage works on another window. What is written counts only with the references, which the caller sets.
/// </summary>
internal sealed class HistoryImport(GitRepository repository, ObjectStore store, GitIdMap map, SnapshotMaker maker) : IDisposable
{
    /// <summary>Windows that wait between two stages.</summary>
    private const int WindowsAhead = 2;

    /// <summary>Directories and snapshots that are written together.</summary>
    private const int WriteBatch = 128;

    private readonly KnownObjects _known = new();
    private readonly HashSet<GitId> _seen = [];
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount + 1);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ImportWindow, bool> _begun = new();

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

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private async IAsyncEnumerable<ImportWindow> One(
        WindowReader reader, ImmutableArray<GitId> trees, ImmutableArray<GitId> blobs, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = await reader.ReadTreesAsync(trees, cancellationToken);
        window.Blobs.AddRange(blobs.Where(_seen.Add));
        yield return window;
    }

    private async Task PumpAsync(Func<WindowReader, CancellationToken, IAsyncEnumerable<ImportWindow>> read, int total, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await using var treeSource = new GitObjectSource(repository.Git);
        await using var blobSource = new GitObjectSource(repository.Git);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Full channels make the stage before wait, which is what bounds memory.
        var trees = Channel.CreateBounded<ImportWindow>(WindowsAhead);
        var blobs = Channel.CreateBounded<ImportWindow>(WindowsAhead);
        try
        {
            await AllAsync(
                failed,
                Task.Run(() => TreesAsync(read(new WindowReader(treeSource, _seen), failed.Token), trees.Writer, failed.Token), CancellationToken.None),
                Task.Run(() => BlobsAsync(new BlobStage(blobSource, repository.LargeFiles, _slots), trees.Reader, blobs.Writer, failed.Token), CancellationToken.None),
                Task.Run(() => ConvertAsync(blobs.Reader, total, progress, failed.Token), CancellationToken.None));
        }
        finally
        {
            // A transaction that stayed open would keep the journal from ever being packed.
            foreach (var window in _begun.Keys)
            {
                await window.AbandonAsync();
            }

            _begun.Clear();
        }
    }

    private static async Task TreesAsync(IAsyncEnumerable<ImportWindow> windows, ChannelWriter<ImportWindow> output, CancellationToken cancellationToken)
    {
        await foreach (var window in windows)
        {
            await output.WriteAsync(window, cancellationToken);
        }

        output.Complete();
    }

    private async Task BlobsAsync(BlobStage stage, ChannelReader<ImportWindow> input, ChannelWriter<ImportWindow> output, CancellationToken cancellationToken)
    {
        await foreach (var window in input.ReadAllAsync(cancellationToken))
        {
            window.Begin(store);
            _begun[window] = true;
            await stage.RunAsync(window, cancellationToken);
            await output.WriteAsync(window, cancellationToken);
        }

        output.Complete();
    }

    private async Task ConvertAsync(ChannelReader<ImportWindow> input, int total, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var done = 0;
        var committing = Task.CompletedTask;
        await foreach (var window in input.ReadAllAsync(cancellationToken))
        {
            foreach (var contents in await Task.WhenAll(window.Contents))
            {
                Array.ForEach(contents, made => _known.Add(made.Key, made.Value));
            }

            await ConvertAsync(window, cancellationToken);

            // One commit at a time, beside the conversion of the next window.
            await committing;
            committing = CommitAsync(window, cancellationToken);
            done += window.Commits.Count;
            progress?.Report(new ProgressInfo("importing", done, total, "commits"));
        }

        await committing;
    }

    private async Task ConvertAsync(ImportWindow window, CancellationToken cancellationToken)
    {
        var directories = new List<DirectoryObject>(WriteBatch);
        var snapshots = new List<SnapshotObject>(window.Commits.Count);
        var conversion = new TreeConversion(_known, directories.Add);
        foreach (var (id, commit) in window.Commits)
        {
            var root = conversion.Convert(window, id, commit.Tree);
            var parents = commit.Parents.Select(parent => map.Find(parent) ?? throw new GitRefusalException("git_damaged", $"The parent {parent} of the commit {id} was not read.")).ToImmutableArray();
            var snapshot = maker.Make(id, commit, root, parents);
            map.Add(id, snapshot.Id);
            snapshots.Add(snapshot);
            if (directories.Count >= WriteBatch)
            {
                await SendAsync(window, [.. directories], cancellationToken);
                directories.Clear();
            }
        }

        foreach (var tree in window.Commits.Count == 0 ? [.. window.Trees.Keys] : Array.Empty<GitId>())
        {
            _ = conversion.Convert(window, tree, tree);
        }

        await SendAsync(window, [.. directories], cancellationToken);
        window.Writing.Add(Task.Run(() => snapshots.ForEach(snapshot => window.Transaction.WriteSnapshot(snapshot, cancellationToken)), CancellationToken.None));
    }

    private async Task SendAsync(ImportWindow window, DirectoryObject[] directories, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        window.Writing.Add(Task.Run(() =>
        {
            try
            {
                Array.ForEach(directories, directory => window.Transaction.WriteDirectory(directory, cancellationToken));
            }
            finally
            {
                _slots.Release();
            }
        }, CancellationToken.None));
    }

    private async Task CommitAsync(ImportWindow window, CancellationToken cancellationToken)
    {
        await Task.WhenAll(window.Writing);
        await window.Transaction.CommitAsync(cancellationToken);
        window.Release();
        _begun.TryRemove(window, out _);
    }

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
