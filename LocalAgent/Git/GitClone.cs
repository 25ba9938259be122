using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Checkout;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.LocalAgent.Git.References;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Sync;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git;

/// <summary>Makes a new worktree of a repository of git: all its history in a store, the branch of its HEAD in the directory.</summary>
internal sealed class GitClone(AgentParts parts, WorktreeInit inits, CopyBook copies)
{
    private readonly UnfinishedClones _unfinished = new(parts.Paths);

    /// <summary>Clones from a directory, or from an address by way of a temporary copy that git makes.</summary>
    public async Task<Result<GitCloneResult>> RunAsync(GitCloneParams clone, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var root = RealPaths.Of(clone.Path);
        if (Refusal(root) is { } refusal)
        {
            return refusal;
        }

        if (Directory.Exists(clone.Source))
        {
            return await FromAsync(clone.Source, root, clone, progress, cancellationToken);
        }

        var temporary = Path.Combine(_unfinished.Fetched, RandomIds.DrawId(parts.Entropy));
        Directory.CreateDirectory(temporary);
        try
        {
            progress.Report(new ProgressInfo("fetching by git", 0, null, "commits"));
            var fetched = await GitProgram.RunOutsideAsync(temporary, cancellationToken, "clone", "--quiet", "--bare", "--", clone.Source, "repository");
            return fetched.IsOk ? await FromAsync(Path.Combine(temporary, "repository"), root, clone, progress, cancellationToken) : fetched.Error;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private async Task<Result<GitCloneResult>> FromAsync(string source, string root, GitCloneParams clone, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var repository = await GitRepository.OpenAsync(source, cancellationToken);
        if (!repository.IsOk)
        {
            return repository.Error;
        }

        var tree = RandomIds.DrawId(parts.Entropy);
        var identity = new CopyIdentity
        {
            Copy = RandomIds.DrawId(parts.Entropy),
            Worktree = RandomIds.DrawId(parts.Entropy),
            Tree = tree,
            Store = $"stores/{tree}",
            Name = Path.GetFileName(root),
        };
        var wasThere = Directory.Exists(root);
        _unfinished.Begin(tree);
        try
        {
            return await ImportAsync(repository.Value, identity, root, clone, progress, cancellationToken);
        }
        finally
        {
            // Where no working copy was made of it, nobody will ever ask for this store.
            if (!File.Exists(WorktreeRoot.IdentityFile(root)))
            {
                await copies.DropStoreAsync(identity.Store);
                if (!wasThere && Directory.Exists(root))
                {
                    Directory.Delete(root, recursive: true);
                }
            }

            _unfinished.End(tree);
        }
    }

    private async Task<Result<GitCloneResult>> ImportAsync(
        GitRepository repository, CopyIdentity identity, string root, GitCloneParams clone, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var store = await copies.StoreAsync(identity.Store, cancellationToken);
        if (!store.IsOk)
        {
            return store.Error;
        }

        var began = parts.Time.GetTimestamp();
        var imported = await new GitBridge(store.Value, identity.TreeId, parts.Entropy, parts.Time).ImportAsync(repository, identity.Copy, progress, cancellationToken);
        if (!imported.IsOk)
        {
            return imported.Error;
        }

        parts.Log.Info($"imported {imported.Value.Commits} commits of '{clone.Source}' in {parts.Time.GetElapsedTime(began).TotalSeconds:F1} s");
        var start = await StartAsync(store.Value, repository, clone.Branch, cancellationToken);
        return start.IsOk ? await CheckOutAsync(root, identity, store.Value, start.Value, imported.Value, progress, cancellationToken) : start.Error;
    }

    private static async Task<Result<BranchName>> StartAsync(ObjectStore store, GitRepository repository, string? wanted, CancellationToken cancellationToken)
    {
        var refs = new StoreRefs(store);
        var names = new[] { wanted ?? await repository.HeadBranchAsync(cancellationToken), wanted is null ? "main" : null, wanted is null ? "master" : null };
        foreach (var name in names.OfType<string>())
        {
            if (ReferenceNames.ToBranch(name) is { } branch && refs.Get(StoreRefs.Branch(branch)) is not null)
            {
                return branch;
            }
        }

        var any = refs.List("branch/").Select(pair => pair.Key).Take(10).ToList();
        return wanted is null && any.Count > 0 && BranchName.Parse(any[0]) is { IsOk: true } first
            ? first
            : new Error(ErrorCodes.UnknownBranch, wanted is null ? "The repository has no branch." : $"The repository has no branch '{wanted}'.", any.Count == 0 ? null : $"It has {string.Join(", ", any)}.");
    }

    private async Task<Result<GitCloneResult>> CheckOutAsync(
        string root, CopyIdentity identity, ObjectStore store, BranchName branch, BridgeOutcome imported, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var tip = new StoreRefs(store).Get(StoreRefs.Branch(branch))!.Value;
        var graph = new ObjectGraph(store);
        var snapshot = await graph.ReadSnapshotAsync(tip, cancellationToken);
        if (await CheckoutPlan.RefusalAsync(graph, snapshot.Root, cancellationToken) is { } unsafeTree)
        {
            return unsafeTree;
        }

        Directory.CreateDirectory(root);
        _unfinished.End(identity.Tree);
        var first = new MovingRecord(snapshot.Root.ToString(), branch.Text, tip.ToString());
        var opened = await inits.CreateCopyAsync(root, identity, new CopyRecord(root, branch.Text, first), "git-clone", cancellationToken);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        progress.Report(new ProgressInfo("checking out", 0, null, "files"));
        await opened.Value.Copy.Ready.Task.WaitAsync(cancellationToken);
        var references = imported.References.Select(reference => new GitReferenceInfo(reference.Kind, reference.Name, reference.Outcome, reference.Why, null));
        return new GitCloneResult(root, branch.Text, tip.ToString(), opened.Value.Copy.Index.FileCount, imported.Commits, [.. references]);
    }

    private static Error? Refusal(string root)
    {
        if (WorktreeRoot.Find(root) is { } outer)
        {
            return new Error(ErrorCodes.AlreadyInitialised, outer == root ? $"'{root}' is a worktree already." : $"'{root}' lies inside the worktree '{outer}'.", "Clone into another directory.");
        }

        return Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any()
            ? new Error(ErrorCodes.InvalidArgument, $"'{root}' is not empty.", "Clone into a new directory: wt clone PATH DIR")
            : null;
    }
}
