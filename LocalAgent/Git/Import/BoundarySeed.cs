using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Before an import goes on from what was imported earlier: learns what the trees of the last known commits became, by
/// walking each beside its directory. Without it all would come right too, but every file of the first new commit would be
/// read again.
/// </summary>
internal sealed class BoundarySeed(GitRepository repository, ObjectStore store, GitIdMap map, KnownObjects known, HashSet<GitId> seen)
{
    /// <summary>Known commits that are looked at: of many branches' ends, most have most in common with the rest.</summary>
    private const int MaxBoundaries = 64;

    private readonly ObjectGraph _graph = new(store);

    /// <summary>Learns what the parents of new commits have.</summary>
    public async Task RunAsync(IReadOnlyList<GitId> commits, CancellationToken cancellationToken)
    {
        await using var source = new GitObjectSource(repository.Git);
        var boundary = new HashSet<GitId>();
        await foreach (var found in source.ReadAsync(commits, cancellationToken))
        {
            foreach (var parent in GitCommit.TryParse(found.Bytes)?.Parents ?? [])
            {
                if (boundary.Count < MaxBoundaries && map.Find(parent) is not null)
                {
                    boundary.Add(parent);
                }
            }
        }

        foreach (var parent in boundary)
        {
            var commit = GitCommit.TryParse((await source.ReadAsync(parent, cancellationToken)).Bytes);
            if (commit is not null && await _graph.TryReadSnapshotAsync(map.Find(parent)!.Value, cancellationToken) is { } snapshot)
            {
                await PairAsync(source, commit.Tree, snapshot.Root, cancellationToken);
            }
        }
    }

    private async Task PairAsync(GitObjectSource source, GitId root, ContentHash directory, CancellationToken cancellationToken)
    {
        var waiting = new Stack<(GitId Tree, ContentHash Directory)>([(root, directory)]);
        while (waiting.TryPop(out var pair))
        {
            if (!seen.Add(pair.Tree))
            {
                continue;
            }

            known.Add(pair.Tree, new GitTarget(pair.Directory, 0));
            var tree = await source.ReadAsync(pair.Tree, cancellationToken);
            var entries = (await _graph.ReadDirectoryAsync(pair.Directory, cancellationToken)).Entries.ToDictionary(entry => Convert.ToHexString(GitFields.NameOf(entry).Span));
            foreach (var line in GitTree.TryParse(tree.Bytes) ?? [])
            {
                if (!entries.TryGetValue(Convert.ToHexString(line.Name(tree.Bytes)), out var entry))
                {
                    continue;
                }

                if (entry.Kind == EntryKind.Directory)
                {
                    waiting.Push((line.Id, entry.Hash));
                }
                else if (entry.Kind.HasContent && seen.Add(line.Id))
                {
                    // A file that was changed since it was imported keeps its fields, and has a pointer no more.
                    var pointer = entry.Field(EntryField.GitPointer)?.Value.ToArray();
                    known.Add(line.Id, new GitTarget(entry.Hash, entry.SizeBytes, pointer is not null && GitId.Of(GitType.Blob, pointer) == line.Id ? pointer : null));
                }
            }
        }
    }
}
