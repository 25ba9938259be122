using W0rktree.Core.Identity;

namespace W0rktree.Core.Objects;

/// <summary>Holds the bytes of one object together with how they are read.</summary>
/// <param name="Kind">How the bytes are read.</param>
/// <param name="Bytes">The canonical encoding, or the content itself.</param>
public sealed record StoredObject(ObjectKind Kind, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Gets the directory that these bytes are, where whoever read them had to decode and verify it already.</summary>
    public DirectoryHead? Directory { get; init; }

    /// <summary>Gets the page of a directory that these bytes are, likewise.</summary>
    public DirectoryObject? Page { get; init; }
}

/// <summary>Reads objects by id, from a local store, a server's vault or memory.</summary>
public interface IObjectReader
{
    /// <summary>Reads an object, or gives null where there is none. Thread-safe.</summary>
    /// <exception cref="CorruptObjectException">What is stored does not hash to the id.</exception>
    ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken);
}

/// <summary>
/// A reader that has held every object against its id before it gives it, so that nobody hashes it a second time: hashing the entries of a
/// directory takes most of the time of reading it.
/// </summary>
public interface IVerifiedObjectReader : IObjectReader;

/// <summary>Takes objects. What was written is durable only when the surrounding transaction says so.</summary>
public interface IObjectWriter
{
    /// <summary>Writes an object, or does nothing where it is present. Thread-safe.</summary>
    /// <exception cref="CorruptObjectException">The bytes do not hash to the id.</exception>
    ValueTask WriteAsync(ObjectKind kind, ContentHash id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}
