using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Git.Export;
using W0rktree.LocalAgent.Git.Import;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.LocalAgent.Git.References;
using W0rktree.LocalAgent.History;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git;

/// <summary>What an import or export did.</summary>
/// <param name="Commits">Commits that were carried.</param>
/// <param name="References">What became of each branch and tag.</param>
internal sealed record BridgeOutcome(int Commits, IReadOnlyList<MoveOutcome> References);

/// <summary>Carries history between one tree's store and repositories of git. One thing at a time for each store.</summary>
internal sealed class GitBridge(ObjectStore store, TreeId tree, IEntropy entropy, TimeProvider clock)
{
    /// <summary>Gets how much an import keeps of what it read.</summary>
    public ImportMemory Memory { get; init; } = ImportMemory.Usual;

    /// <summary>Brings branches and tags of a repository, with all their history, into the store.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="copy">The working copy on whose behalf, for the reflog; empty for none.</param>
    /// <param name="progress">Hears of each few commits.</param>
    /// <param name="cancellationToken">Cancels; references then stay as they were.</param>
    public Task<Result<BridgeOutcome>> ImportAsync(GitRepository repository, string copy, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken) =>
        GuardedAsync(async () =>
        {
            var map = await GitIdMap.LoadAsync(store, cancellationToken);
            var references = await repository.ReferencesAsync(cancellationToken);
            var history = new HistoryImport(repository, store, map, new SnapshotMaker(tree, entropy)) { Memory = Memory };
            await using var source = new GitObjectSource(repository.Git);
            var tips = await CommitTipsAsync(source, references, cancellationToken);
            var commits = await history.RunAsync(tips, progress, cancellationToken);
            var moved = await new ReferenceImport(store, map, history, source, Compose).RunAsync(references, copy, cancellationToken);
            await map.SaveAsync(store, cancellationToken);
            await GitNames.AddAsync(store, history.Known, cancellationToken);
            await StoreHistory.Of(store).TakeAsync(history.Made, cancellationToken);
            return new BridgeOutcome(commits, moved);
        });

    /// <summary>Writes branches and tags of the store, with all their history, into a repository.</summary>
    public Task<Result<BridgeOutcome>> ExportAsync(
        GitRepository repository, IReadOnlyList<KeyValuePair<string, SnapshotId>> branches, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken) =>
        GuardedAsync(async () =>
        {
            var map = await GitIdMap.LoadAsync(store, cancellationToken);
            var there = await repository.ReferencesAsync(cancellationToken);
            var tips = there.Where(reference => reference.PeeledType == GitType.Commit).Select(reference => reference.Peeled).Distinct().ToList();
            var present = tips.Count == 0 ? [] : (await repository.CommitsAsync(tips, [], cancellationToken)).ToHashSet();
            using var reading = store.ReadMuch();
            await using var pack = new GitPack(repository, store);
            var objects = new GitObjectIds(new StoreInput(store), pack);
            var history = new HistoryExport(store, map, objects, present);
            var tags = new StoreRefs(store).List("tag/").ToList();
            var moved = await new ReferenceExport(repository, store, history, objects, pack).RunAsync(branches, tags, progress, cancellationToken);
            await map.SaveAsync(store, cancellationToken);
            return new BridgeOutcome(history.Made, moved);
        });

    /// <summary>
    /// Computes from our objects alone, for every snapshot that has a commit, the ids of the commit and of its tree; a defect
    /// or damage shows as a refusal that names the commit.
    /// </summary>
    public Task<Result<int>> VerifyAsync(Func<GitId, GitId, ValueTask> take, CancellationToken cancellationToken) =>
        GuardedAsync(async () =>
        {
            var map = await GitIdMap.LoadAsync(store, cancellationToken);
            using var reading = store.ReadMuch();
            var objects = new GitObjectIds(new StoreInput(store), null);
            var graph = new ObjectGraph(store);
            foreach (var (commit, id) in await InOrderAsync(graph, map, cancellationToken))
            {
                var snapshot = await graph.ReadSnapshotAsync(id, cancellationToken);
                var made = await objects.TreeAsync(snapshot.Root, cancellationToken);
                var bytes = CommitWriter.Format(id, snapshot, made, [.. snapshot.Parents.Select(parent => map.Find(parent) ?? throw new GitRefusalException("git_mismatch", $"The parent {parent} of {id} has no commit."))]);
                if (GitId.Of(GitType.Commit, bytes) != commit)
                {
                    throw new GitRefusalException("git_mismatch", $"The snapshot {id.Hash.ToShortString()} does not give the commit {commit} back.");
                }

                await take(commit, made);
            }

            return map.Count;
        });

    /// <summary>Gives the pairs by time: versions that follow each other are stored against each other, and are cheap to read in that order.</summary>
    private static async Task<IReadOnlyList<KeyValuePair<GitId, SnapshotId>>> InOrderAsync(ObjectGraph graph, GitIdMap map, CancellationToken cancellationToken)
    {
        var times = new Dictionary<SnapshotId, long>(map.Count);
        foreach (var (_, id) in map.Pairs)
        {
            times[id] = (await graph.ReadSnapshotAsync(id, cancellationToken)).Time.UnixMilliseconds;
        }

        return [.. map.Pairs.OrderBy(pair => times[pair.Value])];
    }

    private static async Task<IReadOnlyCollection<GitId>> CommitTipsAsync(GitObjectSource source, IReadOnlyList<GitReference> references, CancellationToken cancellationToken)
    {
        var tips = new HashSet<GitId>();
        foreach (var reference in references)
        {
            var (id, type) = (reference.Peeled, reference.PeeledType);
            while (type == GitType.Tag)
            {
                (id, type) = ReferenceImport.Target(await source.ReadAsync(id, cancellationToken));
            }

            if (type == GitType.Commit)
            {
                tips.Add(id);
            }
        }

        return tips;
    }

    private SnapshotObject Compose(ContentHash root, string message)
    {
        Withholdable Seal(string text)
        {
            Span<byte> salt = stackalloc byte[Withholdable.SaltBytes];
            entropy.Fill(salt);
            return Withholdable.Open(text, salt);
        }

        return new SnapshotObject
        {
            Root = root, Parents = [], Tree = tree, Time = SnapshotTime.From(clock.GetUtcNow()), Kind = SnapshotKind.Import,
            Author = Seal("git import"), Recorder = Seal("git import"), Message = Seal(message),
        };
    }

    private static async Task<Result<T>> GuardedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (GitRefusalException e)
        {
            return e.Error;
        }
    }
}
