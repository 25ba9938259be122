using System.Collections.Concurrent;
using System.Collections.Immutable;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Grains.Access.Policies;

namespace W0rktree.Grains.Access;

/// <summary>Keeps compiled policies by the snapshots they come from. Thread-safe.</summary>
/// <remarks>
/// A snapshot never changes, so what is kept never grows old: which snapshot is in force is asked of the branch for every
/// decision, and only the reading and compiling of the same one is saved.
/// </remarks>
internal sealed class PolicyLibrary(IObjectVault vault)
{
    // Some policies of every worktree in use; a worktree that is not here costs one reading.
    private const int MaxKept = 512;

    private readonly ConcurrentDictionary<string, Compilation> _kept = new(StringComparer.Ordinal);

    /// <summary>Gets the policies that stand in some heads, the root tree's first.</summary>
    public async Task<Compilation> GetAsync(ImmutableArray<PolicyHead> heads, CancellationToken cancellationToken)
    {
        var key = string.Join('|', heads.Select(h => $"{h.Tree.Tenant}{h.Tree.Tree}{h.Head}"));
        if (_kept.TryGetValue(key, out var kept))
        {
            return kept;
        }

        var reading = new PolicyReading(new PolicySources(), []);
        foreach (var head in heads)
        {
            await using var objects = await vault.ForTenant(head.Tree.Tenant).OpenAsync(head.Tree.Tree, cancellationToken);
            var graph = new ObjectGraph(objects);
            var root = (await graph.ReadSnapshotAsync(head.Head, cancellationToken)).Root;
            reading = head.Path.IsRoot
                ? await PolicyOrigins.ReadRootAsync(graph, root, cancellationToken)
                : await PolicyOrigins.AddTreeAsync(reading, graph, root, head.Path.ToString(), cancellationToken);
        }

        if (_kept.Count >= MaxKept)
        {
            _kept.Clear();
        }

        return _kept[key] = reading.Compile();
    }
}

/// <summary>Names the snapshot in which one tree's policies stand.</summary>
internal sealed record PolicyHead(TreeAddress Tree, TreePath Path, SnapshotId Head);
