using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.LocalAgent.Git.References;
using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Sync;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git;

/// <summary>Answers what clients ask of the bridge to git. One request at a time: two would import the same history twice.</summary>
internal sealed class GitHandlers(AgentParts parts, WorktreeInit inits, CopyBook copies) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Registers the methods.</summary>
    public HandlerTable AddTo(HandlerTable table) => table
        .Add(Methods.GitImport, IpcJson.Default.GitParams, IpcJson.Default.GitResult, (context, p, token) => InCopyAsync(context, p, (copy, git, progress) => ImportAsync(copy, git, progress, token), mayCreate: false, token))
        .Add(Methods.GitExport, IpcJson.Default.GitParams, IpcJson.Default.GitResult, (context, p, token) => InCopyAsync(context, p, (copy, git, progress) => ExportAsync(copy, git, progress, token), mayCreate: true, token))
        .Add(Methods.GitMirror, IpcJson.Default.GitParams, IpcJson.Default.GitResult, (context, p, token) => InCopyAsync(context, p, (copy, git, progress) => MirrorAsync(copy, git, progress, token), mayCreate: false, token))
        .Add(Methods.GitIds, IpcJson.Default.GitIdsResult, IdsAsync)
        .Add(Methods.GitClone, IpcJson.Default.GitCloneParams, IpcJson.Default.GitCloneResult, CloneAsync);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<Result<GitCloneResult>> CloneAsync(RequestContext context, GitCloneParams clone, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var progress = Begin(context);
            return await new GitClone(parts, inits, copies).RunAsync(clone, progress, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Result<GitResult>> InCopyAsync(
        RequestContext context, GitParams p, Func<AgentPipeline, GitRepository, IProgress<ProgressInfo>, Task<Result<GitResult>>> work, bool mayCreate, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error.Code == ErrorCodes.NotAWorktree ? found.Error with { Hint = "'wt git import PATH DIR' makes a new worktree in DIR; 'wt clone PATH DIR' does the same." } : found.Error;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var progress = Begin(context);
            var repository = mayCreate ? await GitRepository.OpenOrCreateAsync(p.Path, cancellationToken) : await GitRepository.OpenAsync(p.Path, cancellationToken);
            return repository.IsOk ? await work(found.Value, repository.Value, progress) : repository.Error;
        }
        finally
        {
            _turn.Release();
        }
    }

    private GitBridge Bridge(OpenCopy copy) => new(copy.Store, copy.Identity.TreeId, parts.Entropy, parts.Time);

    private async Task<Result<GitResult>> ImportAsync(AgentPipeline pipeline, GitRepository repository, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var copy = pipeline.Copy;
        var imported = await Bridge(copy).ImportAsync(repository, copy.Identity.Copy, progress, cancellationToken);
        if (!imported.IsOk)
        {
            return imported.Error;
        }

        var line = await FollowAsync(pipeline, progress, cancellationToken);
        return line.Map(merged => new GitResult(imported.Value.Commits, 0, Describe(imported.Value), merged?.Outcome, merged?.Conflicts.Length ?? 0));
    }

    private async Task<Result<GitResult>> ExportAsync(AgentPipeline pipeline, GitRepository repository, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var isFresh = (await repository.ReferencesAsync(cancellationToken)).Count == 0;
        var exported = await Bridge(pipeline.Copy).ExportAsync(repository, Tips(pipeline.Copy), progress, cancellationToken);
        if (exported.IsOk && isFresh)
        {
            await repository.Git.RunAsync(default, cancellationToken, "symbolic-ref", "HEAD", GitReference.Heads + ReferenceNames.ToGit(pipeline.Copy.Position.Branch.Text));
        }

        return exported.Map(done => new GitResult(0, done.Commits, Describe(done), null, 0));
    }

    // First in, then out: what git has more of than we is then part of what goes out, and the rest is refused on both sides.
    private async Task<Result<GitResult>> MirrorAsync(AgentPipeline pipeline, GitRepository repository, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var imported = await ImportAsync(pipeline, repository, progress, cancellationToken);
        if (!imported.IsOk)
        {
            return imported;
        }

        var exported = await ExportAsync(pipeline, repository, progress, cancellationToken);
        return exported.Map(done => done with
        {
            Imported = imported.Value.Imported,
            Line = imported.Value.Line,
            Conflicts = imported.Value.Conflicts,
            References = [.. imported.Value.References.Where(reference => reference.Outcome is MoveOutcome.Created or MoveOutcome.Moved).Select(reference => reference with { Direction = "in" }), .. done.References.Select(reference => reference with { Direction = "out" })],
        });
    }

    /// <summary>Brings the copy's own line along where its branch moved, as a pull does.</summary>
    private static async Task<Result<LineMergeOutcome?>> FollowAsync(AgentPipeline pipeline, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var copy = pipeline.Copy;
        if (copy.Refs.Get(StoreRefs.Branch(copy.Position.Branch)) is not { } tip || tip == copy.Position.Tip
            || (copy.Position.Tip is { } line && await Core.History.Ancestry.IsAncestorAsync(copy.Graph, tip, line, cancellationToken)))
        {
            return (LineMergeOutcome?)null;
        }

        var merged = await pipeline.Operations.MergeAsync(tip, $"{copy.Position.Branch}@git", null, progress, cancellationToken);
        return merged.Map(outcome => (LineMergeOutcome?)outcome);
    }

    /// <summary>
    /// Gives what is published: with a server its branches' history, which a push alone extends; without one, the lines, for
    /// there is nothing else.
    /// </summary>
    private static List<KeyValuePair<string, SnapshotId>> Tips(OpenCopy copy)
    {
        var hasServer = new SyncTables(copy.Store).Binding is not null;
        return [.. copy.Refs.List("branch/").Select(pair => new KeyValuePair<string, SnapshotId>(
            pair.Key, hasServer || BranchName.Parse(pair.Key) is not { IsOk: true } name ? pair.Value : copy.Refs.LineOf(copy.Identity.CopyId, name.Value) ?? pair.Value))];
    }

    private async Task<Result<GitIdsResult>> IdsAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        using var progress = Begin(context);
        var done = 0;
        var verified = await Bridge(found.Value.Copy).VerifyAsync(async (commit, tree) =>
        {
            progress.Report(new ProgressInfo("computing", ++done, null, "commits"));
            await context.SendAsync(new GitIdsEvent(commit.ToString(), tree.ToString()), IpcJson.Default.GitIdsEvent, cancellationToken);
        }, cancellationToken);
        return verified.Map(count => new GitIdsResult(count));
    }

    private static List<GitReferenceInfo> Describe(BridgeOutcome outcome) =>
        [.. outcome.References.Select(reference => new GitReferenceInfo(reference.Kind, reference.Name, reference.Outcome, reference.Why, null))];

    private Heartbeat Begin(RequestContext context) => new(context.Progress, parts.Time, new ProgressInfo("asking git", 0, null, "commits"));
}
