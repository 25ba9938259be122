using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects.Encoding;

namespace W0rktree.Core.Objects;

/// <summary>Records the whole state of a tree at one moment. Immutable and thread-safe.</summary>
public sealed record SnapshotObject
{
    /// <summary>The most parents: git's octopus merges have up to 66 in practice.</summary>
    public const int MaxParents = 1024;

    /// <summary>Gets the id of the root directory.</summary>
    public required ContentHash Root { get; init; }

    /// <summary>Gets the snapshots this one follows, the line's own first. None for the first of a tree.</summary>
    public required ImmutableArray<SnapshotId> Parents { get; init; }

    /// <summary>Gets the tree it belongs to, so that a snapshot cannot be replayed into another.</summary>
    public required TreeId Tree { get; init; }

    /// <summary>Gets when it was made, by its author's clock.</summary>
    public required SnapshotTime Time { get; init; }

    /// <summary>Gets why it was made.</summary>
    public required SnapshotKind Kind { get; init; }

    /// <summary>Gets who made the changes, as <c>Name &lt;email&gt;</c>.</summary>
    public required Withholdable Author { get; init; }

    /// <summary>Gets who recorded them.</summary>
    public required Withholdable Recorder { get; init; }

    /// <summary>Gets what the author says of them.</summary>
    public required Withholdable Message { get; init; }

    /// <summary>Gets the further fields, ascending by tag (<see cref="SnapshotField"/>).</summary>
    public ImmutableArray<EntryField> Fields { get; init; } = [];

    /// <summary>Gets the conflicts that this state still holds.</summary>
    public ImmutableArray<Conflict> Conflicts =>
        Field(SnapshotField.Conflicts) is { } recorded ? ConflictEncoding.Decode(recorded.Value.AsSpan()) : [];

    /// <summary>Gets the id, computed at each call: a <c>with</c> copy must never carry the id of its original.</summary>
    public SnapshotId Id => SnapshotCodec.IdOf(this);

    /// <summary>Gets whether the snapshot still holds conflicts.</summary>
    public bool HasConflicts => Field(SnapshotField.Conflicts) is not null;

    /// <summary>Finds a field by its tag.</summary>
    public EntryField? Field(int tag) => Fields.FirstOrDefault(field => field.Tag == tag);

    /// <summary>Gives the snapshot with a field set, or removed where the value is empty. Its id changes.</summary>
    public SnapshotObject WithField(int tag, ImmutableArray<byte> value)
    {
        var others = Fields.Where(field => field.Tag != tag);
        var fields = value.IsDefaultOrEmpty ? others : others.Append(new EntryField(tag, value));
        return this with { Fields = [.. fields.OrderBy(field => field.Tag)] };
    }

    /// <summary>Tells whether a snapshot can record these conflicts: at most 1,024, and 64 KiB encoded.</summary>
    public static bool CanRecord(ImmutableArray<Conflict> conflicts) =>
        conflicts.IsEmpty || (conflicts.Length <= ConflictEncoding.MaxConflicts && ConflictEncoding.Encode(conflicts).Length <= EntryField.MaxValueBytes);

    /// <summary>Gives the snapshot with these conflicts recorded; the caller has asked <see cref="CanRecord"/>.</summary>
    public SnapshotObject WithConflicts(ImmutableArray<Conflict> conflicts) =>
        WithField(SnapshotField.Conflicts, conflicts.IsDefaultOrEmpty ? [] : ConflictEncoding.Encode(conflicts));

    /// <summary>Gives the same snapshot, with the same id, without author, recorder and message.</summary>
    public SnapshotObject Withhold() => this with { Author = Author.Withhold(), Recorder = Recorder.Withhold(), Message = Message.Withhold() };

    /// <summary>Compares by id.</summary>
    public bool Equals(SnapshotObject? other) => other is not null && Id == other.Id;

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();
}
