using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Secrets;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>
/// Tells for each snapshot that the server lacks what it holds, allowed or not. What was found is remembered by snapshot, so
/// that a new one costs what it changed. Used by one task at a time.
/// </summary>
internal sealed class HeldHistory(OpenCopy copy)
{
    /// <summary>A line that was never pushed may be long; beyond this everything is forgotten and looked at anew when needed.</summary>
    private const int MaxRemembered = 200_000;

    private readonly Dictionary<SnapshotId, IReadOnlyList<HeldPath>> _found = [];
    private SecretPolicy? _policy;

    /// <summary>Gives what the snapshots from a tip back to what the server has hold.</summary>
    /// <param name="tip">Where to begin.</param>
    /// <param name="isKnown">Tells whether the server has a snapshot.</param>
    /// <param name="policy">What is looked for.</param>
    /// <param name="progress">Told how many files were looked at.</param>
    public async Task<Dictionary<SnapshotId, IReadOnlyList<HeldPath>>> ReadAsync(
        SnapshotId tip, Func<SnapshotId, bool> isKnown, SecretPolicy policy, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        if (policy != _policy || _found.Count > MaxRemembered)
        {
            _found.Clear();
            _policy = policy;
        }

        var line = new Dictionary<SnapshotId, IReadOnlyList<HeldPath>>();
        var looked = new FileCount(progress);
        var stack = new Stack<(SnapshotId Id, SnapshotObject? Expanded)>([(tip, null)]);
        while (stack.TryPop(out var top))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.ContainsKey(top.Id) || isKnown(top.Id))
            {
                continue;
            }

            if (top.Expanded is { } snapshot)
            {
                line[top.Id] = _found.TryGetValue(top.Id, out var found) ? found : _found[top.Id] = await LookAsync(snapshot, line, policy, looked, cancellationToken);
            }
            else if (await copy.Graph.TryReadSnapshotAsync(top.Id, cancellationToken) is { } read)
            {
                stack.Push((top.Id, read));
                foreach (var parent in read.Parents)
                {
                    stack.Push((parent, null));
                }
            }
        }

        return line;
    }

    /// <summary>Finds what one snapshot holds: what its parents hold and it still has, and what the rules find in what it changed.</summary>
    private async Task<IReadOnlyList<HeldPath>> LookAsync(SnapshotObject snapshot, Dictionary<SnapshotId, IReadOnlyList<HeldPath>> line, SecretPolicy policy, FileCount looked, CancellationToken cancellationToken)
    {
        var roots = new List<ContentHash>();
        var inherited = new Dictionary<ContentHash, HeldPath>();
        foreach (var parent in snapshot.Parents)
        {
            if (await copy.Graph.TryReadSnapshotAsync(parent, cancellationToken) is { } read)
            {
                roots.Add(read.Root);
            }

            foreach (var held in line.GetValueOrDefault(parent, []))
            {
                inherited[held.Mark] = held;
            }
        }

        var result = new List<HeldPath>();
        foreach (var held in inherited.Values)
        {
            if (await copy.Graph.FindAsync(snapshot.Root, held.Path, cancellationToken) is { } entry && entry.Hash == held.Content)
            {
                result.Add(held);
            }
        }

        var search = new ContentSearch(copy.Store, policy);
        var changes = (await DirectoryDiff.CompareAsync(copy.Graph, roots.Count > 0 ? roots[0] : null, snapshot.Root, cancellationToken)).Where(IsNewContent).ToList();
        var found = new IEnumerable<HeldPath>[changes.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, changes.Count), cancellationToken, async (i, token) =>
        {
            looked.Add();
            found[i] = await LookAtAsync(changes[i], changes[i].New!, roots, [.. inherited.Values.Where(held => held.Path == changes[i].Path)], search, token);
        });
        result.AddRange(found.SelectMany(held => held));
        return result.Count == 0 ? [] : [.. result.DistinctBy(held => held.Mark).OrderBy(held => held.Path).ThenBy(held => held.Finding.Line)];
    }

    private static bool IsNewContent(PathChange change) =>
        change.New is { Kind: EntryKind.File or EntryKind.Executable or EntryKind.Symlink, SizeBytes: > 0 } now && change.Old?.Hash != now.Hash;

    private async Task<IEnumerable<HeldPath>> LookAtAsync(
        PathChange change, DirectoryEntry now, List<ContentHash> roots, IReadOnlyList<HeldPath> before, ContentSearch search, CancellationToken cancellationToken)
    {
        var found = (await search.SecretsAsync(change.Path, now, cancellationToken)).ToList();
        var others = new List<DirectoryEntry>();
        if (change.Old is { Kind: EntryKind.File or EntryKind.Executable or EntryKind.Symlink } old)
        {
            others.Add(old);
        }

        foreach (var root in roots.Skip(1))
        {
            if (await copy.Graph.FindAsync(root, change.Path, cancellationToken) is { Kind: EntryKind.File or EntryKind.Executable or EntryKind.Symlink } other)
            {
                if (other.Hash == now.Hash)
                {
                    return []; // It came from that side, with whatever that side holds.
                }

                others.Add(other);
            }
        }

        // What an older version that nobody held had in it is no news.
        foreach (var other in found.Count > 0 ? others : [])
        {
            var shared = (await search.SecretsAsync(change.Path, other, cancellationToken)).Select(finding => finding.Fingerprint).ToHashSet();
            found.RemoveAll(finding => shared.Contains(finding.Fingerprint) && !before.Any(held => held.Finding.Fingerprint == finding.Fingerprint));
        }

        var isNew = others.Count == 0 || before.Any(held => held.IsKind);
        if (isNew && await search.KindAsync(change.Path, now, cancellationToken) is { } kind)
        {
            found.Add(kind);
        }

        return [.. found.Select(finding => new HeldPath(change.Path, now.Hash, finding))];
    }

    /// <summary>Counts for whoever waits.</summary>
    private sealed class FileCount(IProgress<(long Done, long Total)>? progress)
    {
        private long _done;

        public void Add() => progress?.Report((Interlocked.Increment(ref _done), 0));
    }
}
