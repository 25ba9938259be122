using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Verification;

/// <summary>Something in a store that is not as it was written.</summary>
/// <param name="What">One sentence for a person.</param>
/// <param name="File">The file it is in.</param>
/// <param name="Offset">Where in the file.</param>
/// <param name="Id">The object, where it is known.</param>
/// <param name="Kind">The object's kind, where it is known.</param>
public sealed record StoreDamage(string What, string File, long Offset, ContentHash? Id = null, ObjectKind? Kind = null);

/// <summary>What opening a store found and did.</summary>
/// <param name="ReplayedCommits">Commits that were read from the journal.</param>
/// <param name="DroppedBytes">Bytes of unfinished transactions at the end of the journal that were removed.</param>
/// <param name="Torn">Where the journal ended in the middle of a record, when it did.</param>
/// <param name="Damage">Damage inside acknowledged work; the objects named are missing until they are written again.</param>
public sealed record RecoveryReport(long ReplayedCommits, long DroppedBytes, StoreDamage? Torn, IReadOnlyList<StoreDamage> Damage);
