using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Objects;

/// <summary>Names a journal segment.</summary>
internal readonly record struct SourceId(uint Value)
{
    // 24 bits travel in a packed location.
    private const uint Limit = 1u << 24;

    public static SourceId Segment(uint number) => number < Limit
        ? new SourceId(number)
        : throw new InvalidOperationException("The journal has used up its segment numbers.");
}

/// <summary>Where an object of the journal is.</summary>
/// <param name="Source">The segment.</param>
/// <param name="Offset">Start of the record, a multiple of 8 below 512 GiB.</param>
/// <param name="PayloadBytes">Length of head and data.</param>
/// <param name="Kind">Kind of the object.</param>
internal readonly record struct ObjectLocation(SourceId Source, long Offset, int PayloadBytes, ObjectKind Kind);

/// <summary>An object and where it is within one file.</summary>
internal readonly record struct ObjectEntry(ContentHash Id, long Offset, int PayloadBytes, ObjectKind Kind);
