using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Export;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git.References;

/// <summary>
/// Writes branches and tags into a repository: first the objects, in one pack, then all references in one transaction of
/// git's, each only if it still is what it was and only forward.
/// </summary>
internal sealed class ReferenceExport(GitRepository target, ObjectStore store, HistoryExport history, GitObjectIds objects, GitPack pack)
{
    private readonly List<MoveOutcome> _outcomes = [];
    private readonly List<(string Kind, string Name, string GitName, GitId? Before, GitId After)> _wanted = [];

    /// <summary>Exports; <paramref name="branches"/> and <paramref name="tags"/> are names here with their snapshots.</summary>
    public async Task<IReadOnlyList<MoveOutcome>> RunAsync(
        IEnumerable<KeyValuePair<string, SnapshotId>> branches, IEnumerable<KeyValuePair<string, SnapshotId>> tags, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var there = (await target.ReferencesAsync(cancellationToken)).ToDictionary(reference => reference.Name, reference => reference.Id);
        foreach (var (name, tip) in branches)
        {
            await AddAsync("branch", name, GitReference.Heads + ReferenceNames.ToGit(name), there, () => history.CommitAsync(tip, progress, cancellationToken));
        }

        foreach (var (name, snapshot) in tags)
        {
            await AddAsync("tag", name, GitReference.Tags + name, there, () => TagAsync(name, snapshot, progress, cancellationToken));
        }

        progress?.Report(new ProgressInfo("writing", 0, pack.Count, "objects"));
        await pack.FinishAsync(cancellationToken);
        await MoveAsync(cancellationToken);
        return _outcomes;
    }

    private async Task AddAsync(string kind, string name, string gitName, IReadOnlyDictionary<string, GitId> there, Func<Task<GitId>> make)
    {
        try
        {
            var id = await make();
            var before = there.TryGetValue(gitName, out var old) ? old : (GitId?)null;
            if (before == id)
            {
                _outcomes.Add(new MoveOutcome(kind, name, MoveOutcome.Unchanged));
            }
            else if (before is not null && kind == "tag")
            {
                _outcomes.Add(new MoveOutcome(kind, name, MoveOutcome.Refused, "a tag never moves, and git has another one of this name"));
            }
            else
            {
                _wanted.Add((kind, name, gitName, before, id));
            }
        }
        catch (GitRefusalException e)
        {
            _outcomes.Add(new MoveOutcome(kind, name, MoveOutcome.Refused, e.Message));
        }
    }

    private async Task<GitId> TagAsync(string name, SnapshotId snapshot, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var record = TagRecord.Read(store, name);
        GitId id;
        if (record.Type == GitType.Commit.Word)
        {
            id = await history.CommitAsync(snapshot, progress, cancellationToken);
        }
        else
        {
            objects.IsNew = true;
            var root = (await new ObjectGraph(store).ReadSnapshotAsync(snapshot, cancellationToken)).Root;
            id = record.Type == GitType.Tree.Word
                ? await objects.TreeAsync(root, cancellationToken)
                : await objects.BlobAsync((await new ObjectGraph(store).ReadDirectoryAsync(root, cancellationToken)).Entries[0].Hash, cancellationToken);
        }

        objects.IsNew = true;
        foreach (var tag in record.Objects.Reverse())
        {
            if (!Names(tag, id))
            {
                throw new GitRefusalException("git_mismatch", $"The tag {name} was made for another object than the one its snapshot gives.");
            }

            id = await objects.AddAsync(GitType.Tag, tag, cancellationToken);
        }

        return id;
    }

    private static bool Names(byte[] tag, GitId id) => tag.AsSpan().StartsWith(Encoding.ASCII.GetBytes($"object {id}\n"));

    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        var head = target.IsBare ? null : await target.HeadBranchAsync(cancellationToken);
        var commands = new StringBuilder();
        var moved = new List<MoveOutcome>();
        foreach (var (kind, name, gitName, before, after) in _wanted)
        {
            if (gitName == GitReference.Heads + head && before is not null)
            {
                _outcomes.Add(new MoveOutcome(kind, name, MoveOutcome.Refused, "it is checked out in that repository, whose files would then be of another state; export to a bare repository, or check out another branch there"));
            }
            else if (before is { } old && !await target.IsAncestorAsync(old, after, cancellationToken))
            {
                var isAhead = await target.IsAncestorAsync(after, old, cancellationToken);
                _outcomes.Add(new MoveOutcome(kind, name, isAhead ? MoveOutcome.Ahead : MoveOutcome.Refused, isAhead ? null : $"git has it at {old}, which {after} does not contain"));
            }
            else
            {
                commands.Append(before is { } was ? $"update {gitName}\0{after}\0{was}\0" : $"create {gitName}\0{after}\0");
                moved.Add(new MoveOutcome(kind, name, before is null ? MoveOutcome.Created : MoveOutcome.Moved));
            }
        }

        if (commands.Length > 0)
        {
            await target.Git.RunAsync(Encoding.UTF8.GetBytes(commands.ToString()), cancellationToken, "update-ref", "--stdin", "-z");
            _outcomes.AddRange(moved);
        }
    }
}
