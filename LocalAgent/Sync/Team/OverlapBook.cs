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

    /// <summary>Takes over what the server said of some others; what it said of them before no longer counts. Returns it as the user sees it.</summary>
    public IReadOnlyList<OverlapInfo> Take(IEnumerable<Overlap> overlaps)
    {
        var all = new List<OverlapInfo>();
        foreach (var other in overlaps.GroupBy(overlap => (overlap.OtherCopyId, overlap.OtherBranch)))
        {
            var list = other.Select(Describe).ToList();
            _byOther[other.Key] = list;
            all.AddRange(list);
        }

        return all;
    }

    /// <summary>Takes over the whole answer to this copy's own staging.</summary>
    public IReadOnlyList<OverlapInfo> Replace(IEnumerable<Overlap> overlaps)
    {
        _byOther.Clear();
        return Take(overlaps);
    }

    /// <summary>Forgets somebody whose work was pushed, cleared or has expired.</summary>
    public void Forget(string copy, string branch) => _byOther.TryRemove((copy, branch), out _);

    /// <summary>Forgets everything, as when the connection was lost for good.</summary>
    public void Clear() => _byOther.Clear();

    private static OverlapInfo Describe(Overlap overlap) => new(
        WirePaths.Display(overlap.Path), overlap.Kind, overlap.OtherAccount, overlap.OtherBranch, DateTimeOffset.FromUnixTimeMilliseconds(overlap.OtherStagedUnixMs));
}
