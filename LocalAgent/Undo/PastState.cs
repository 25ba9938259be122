using W0rktree.Core.Identity;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Undo;

/// <summary>What a working copy was at one place of its reflog.</summary>
/// <param name="Position">The branch it was on and the tip of its line.</param>
/// <param name="Files">The snapshot that has its files.</param>
/// <param name="Refs">The references that stand elsewhere now; null for one that was not there.</param>
/// <param name="What">What going there takes back, for people.</param>
/// <param name="UndoneFrom">The first entry that is taken back; null for a jump to a chosen entry.</param>
internal sealed record PastState(CopyPosition Position, SnapshotId Files, IReadOnlyDictionary<string, SnapshotId?> Refs, string What, ulong? UndoneFrom);
