using W0rktree.Core.Identity;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>What a line holds that is not to leave: by snapshot, of those only that the server lacks.</summary>
/// <param name="AtTip">What the tip itself holds.</param>
/// <param name="BySnapshot">What each snapshot holds, only those that hold something, the tip included.</param>
internal sealed record HeldLine(IReadOnlyList<HeldPath> AtTip, IReadOnlyDictionary<SnapshotId, IReadOnlyList<HeldPath>> BySnapshot)
{
    /// <summary>Nothing is held.</summary>
    public static HeldLine Nothing { get; } = new([], new Dictionary<SnapshotId, IReadOnlyList<HeldPath>>());

    /// <summary>Gets whether nothing at all is held, neither now nor in the snapshots on the way.</summary>
    public bool IsClear => BySnapshot.Count == 0;

    /// <summary>Gets each finding once.</summary>
    public IEnumerable<HeldPath> All => BySnapshot.Values.SelectMany(held => held).DistinctBy(held => held.Mark);

    /// <summary>Tells whether a snapshot holds something.</summary>
    public bool IsHeld(SnapshotId id) => BySnapshot.ContainsKey(id);
}
