using System.Collections.Concurrent;
using W0rktree.Protocol.Grpc;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Team;

/// <summary>Remembers who touches the same paths as this copy, as the server last said. Advice only. Thread-safe.</summary>
internal sealed class OverlapBook
{
    private readonly ConcurrentDictionary<(string Copy, string Branch), IReadOnlyList<OverlapInfo>> _byOther = new();

    /// <summary>Gets everything that is known, by path.</summary>
    public IReadOnlyList<OverlapInfo> All => [.. _byOther.Values.SelectMany(list => list).OrderBy(o => o.Path, StringComparer.Ordinal).ThenBy(o => o.Account, StringComparer.Ordinal)];

    /// <summary>Takes over what the server said of some others; what it said of them before no longer counts. Gives what the user has not seen yet.</summary>
    public IReadOnlyList<OverlapInfo> Take(IEnumerable<Overlap> overlaps)
    {
        var unseen = new List<OverlapInfo>();
        foreach (var other in overlaps.GroupBy(overlap => (overlap.OtherCopyId, overlap.OtherBranch)))
        {
            var list = other.Select(Describe).ToList();
            var before = _byOther.TryGetValue(other.Key, out var known) ? known : [];
            _byOther[other.Key] = list;

            // The same path again, only staged later, is no news.
            unseen.AddRange(list.Where(overlap => !before.Any(b => b.Path == overlap.Path && b.Kind == overlap.Kind)));
        }

        return unseen;
    }

    /// <summary>Takes over the whole answer to this copy's own staging: who is not in it no longer overlaps.</summary>
    public IReadOnlyList<OverlapInfo> Replace(IReadOnlyCollection<Overlap> overlaps)
    {
        var still = overlaps.Select(overlap => (overlap.OtherCopyId, overlap.OtherBranch)).ToHashSet();
        foreach (var gone in _byOther.Keys.Where(key => !still.Contains(key)))
        {
            _byOther.TryRemove(gone, out _);
        }

        return Take(overlaps);
    }

    /// <summary>Forgets somebody whose work was pushed, cleared or has expired.</summary>
    public void Forget(string copy, string branch) => _byOther.TryRemove((copy, branch), out _);

    private static OverlapInfo Describe(Overlap overlap) => new(
        WirePaths.Display(overlap.Path), overlap.Kind, overlap.OtherAccount, overlap.OtherBranch, DateTimeOffset.FromUnixTimeMilliseconds(overlap.OtherStagedUnixMs));
}
