using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Objects;

/// <summary>Names a file of the store that holds objects: a journal segment or, with the top bit, a pack of this process.</summary>
internal readonly record struct SourceId(uint Value)
{
    // 24 bits travel in a packed location.
    private const uint PackBit = 1u << 23;

    public bool IsPack => (Value & PackBit) != 0;

    public static SourceId Segment(uint number) => number < PackBit
        ? new SourceId(number)
        : throw new InvalidOperationException("The journal has used up its segment numbers.");

    public static SourceId Pack(uint ordinal) => new(ordinal | PackBit);
}

/// <summary>Where an object is.</summary>
/// <param name="Source">The file.</param>
/// <param name="Offset">Start of the record or entry, a multiple of 8 below 512 GiB.</param>
/// <param name="PayloadBytes">Length of head and data.</param>
/// <param name="Kind">Kind of the object.</param>
internal readonly record struct ObjectLocation(SourceId Source, long Offset, int PayloadBytes, ObjectKind Kind);

/// <summary>An object and where it is within one file.</summary>
internal readonly record struct ObjectEntry(ContentHash Id, long Offset, int PayloadBytes, ObjectKind Kind);
