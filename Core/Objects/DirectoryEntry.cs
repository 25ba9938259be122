using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects.Encoding;
using W0rktree.Core.Paths;

namespace W0rktree.Core.Objects;

/// <summary>Describes one name in a directory. Immutable; its <see cref="Digest"/> stands for it where the rest is sealed.</summary>
public sealed class DirectoryEntry : IEquatable<DirectoryEntry>
{
    private ContentHash? _digest;

    /// <summary>Makes an entry.</summary>
    /// <exception cref="ArgumentException">The fields do not fit the kind (docs/format/directory.md).</exception>
    public DirectoryEntry(EntryName name, EntryKind kind, ulong sizeBytes, ContentHash hash, ImmutableArray<EntryField> fields)
    {
        Name = name;
        Kind = kind;
        SizeBytes = sizeBytes;
        Hash = hash;
        Fields = fields.IsDefault ? [] : fields;
        if (EntryEncoding.FirstBroken(this) is { } rule)
        {
            throw new ArgumentException($"Entry '{name}': {rule}.", nameof(fields));
        }
    }

    /// <summary>Makes an entry without further fields.</summary>
    public DirectoryEntry(EntryName name, EntryKind kind, ulong sizeBytes, ContentHash hash)
        : this(name, kind, sizeBytes, hash, [])
    {
    }

    /// <summary>Gets the name.</summary>
    public EntryName Name { get; }

    /// <summary>Gets what it is.</summary>
    public EntryKind Kind { get; }

    /// <summary>Gets the size of the content in bytes; 0 for directories, nested trees and foreign links.</summary>
    public ulong SizeBytes { get; }

    /// <summary>Gets the id of the content, directory or snapshot it names.</summary>
    public ContentHash Hash { get; }

    /// <summary>Gets the further fields, ascending by tag.</summary>
    public ImmutableArray<EntryField> Fields { get; }

    /// <summary>Gets whether a salt keeps the digest from confirming a guess.</summary>
    public bool IsSalted => Field(EntryField.Salt) is not null;

    /// <summary>Gets the tree's id where this is a nested tree.</summary>
    public TreeId? NestedTree => Field(EntryField.NestedTree) is { } id ? TreeId.FromBytes(id.Value.AsSpan()) : null;

    /// <summary>Gets the digest: the hash of the entry's encoding in its own domain. Computed once.</summary>
    public ContentHash Digest
    {
        get => _digest ??= EntryEncoding.Digest(this);
        internal init => _digest = value;
    }

    /// <summary>Finds a field by its tag.</summary>
    public EntryField? Field(int tag) => Fields.FirstOrDefault(field => field.Tag == tag);

    /// <summary>Gives the same entry under another name.</summary>
    public DirectoryEntry Renamed(EntryName name) => new(name, Kind, SizeBytes, Hash, Fields);

    /// <summary>Gives the same entry with a salt of 16 bytes, which the caller drew at random.</summary>
    public DirectoryEntry Salted(ReadOnlySpan<byte> salt) =>
        new(Name, Kind, SizeBytes, Hash, [new EntryField(EntryField.Salt, [.. salt]), .. Fields.Where(f => f.Tag != EntryField.Salt)]);

    /// <summary>Tells whether two entries name the same thing, whatever their names and salts.</summary>
    public bool SameTarget(DirectoryEntry? other) => other is not null && Kind == other.Kind && Hash == other.Hash && (Kind != EntryKind.ForeignLink || SameLink(other));

    // A link to another system has no hash of ours: what it names stands in a field.
    private bool SameLink(DirectoryEntry other) =>
        Field(EntryField.ForeignTarget)!.Value.AsSpan().SequenceEqual(other.Field(EntryField.ForeignTarget)!.Value.AsSpan());

    /// <inheritdoc/>
    public bool Equals(DirectoryEntry? other) => other is not null && Digest == other.Digest;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DirectoryEntry);

    /// <inheritdoc/>
    public override int GetHashCode() => Digest.GetHashCode();

    /// <summary>Formats for people.</summary>
    public override string ToString() => $"{Kind} {Name} {Hash.ToShortString()}";
}
