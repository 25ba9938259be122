using System.Collections.Immutable;

namespace W0rktree.Core.Objects;

/// <summary>Carries a further field of an entry or a snapshot: a tag and bytes.</summary>
/// <remarks>
/// Tags below 128 change the meaning: a reader that does not know one refuses the object. Tags from 128 on are kept as they
/// are. Tags are ascending and unique within an object.
/// </remarks>
public sealed record EntryField(int Tag, ImmutableArray<byte> Value)
{
    /// <summary>First tag that an unknowing reader may keep without understanding it.</summary>
    public const int FirstOptionalTag = 128;

    /// <summary>The highest tag.</summary>
    public const int MaxTag = 16_383;

    /// <summary>The longest value in bytes.</summary>
    public const int MaxValueBytes = 64 * 1024;

    /// <summary>The most fields of one entry or snapshot.</summary>
    public const int MaxFields = 64;

    /// <summary>Entry: 16 random bytes that keep its digest from confirming a guess.</summary>
    public const int Salt = 1;

    /// <summary>Entry of a nested tree: the 16 bytes of its tree id.</summary>
    public const int NestedTree = 2;

    /// <summary>Entry of a foreign link: where it points, as the other system writes it.</summary>
    public const int ForeignTarget = 3;

    /// <summary>Entry that came from git with a mode that git no longer writes: the mode as it was written.</summary>
    public const int GitMode = 128;

    /// <summary>Entry that came from git under a name that cannot be one here: the name's bytes.</summary>
    public const int GitName = 129;

    /// <summary>Entry of a large file that git keeps elsewhere: the pointer that it has in its place.</summary>
    public const int GitPointer = 130;

    /// <inheritdoc/>
    public bool Equals(EntryField? other) => other is not null && Tag == other.Tag && Value.AsSpan().SequenceEqual(other.Value.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Tag, Value.Length);
}
