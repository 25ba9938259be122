using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>Remembers what was held back when a line was last looked at, for <c>wt status</c>.</summary>
/// <param name="Snapshot">The line's tip then.</param>
/// <param name="Derived">What was shown to the team in its place; null where nothing was.</param>
/// <param name="At">When.</param>
/// <param name="Paths">What was held, empty where only snapshots on the way held something.</param>
internal sealed record HeldRecord(string Snapshot, string? Derived, DateTimeOffset At, IReadOnlyList<HeldMark> Paths);

/// <summary>One finding with what stands for it among what was allowed.</summary>
internal sealed record HeldMark(HeldInfo Info, string Mark);
