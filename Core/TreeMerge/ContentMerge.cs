using System.Collections.Immutable;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextDiff;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>Gives one merged entry, the ways in which its sides disagree, and where it was merged by lines how.</summary>
internal readonly record struct ContentMergeOutcome(DirectoryEntry? Entry, ImmutableArray<ConflictKind> Conflicts, ThreeWayText? Text)
{
    public bool IsClean => Conflicts.IsEmpty;
}

/// <summary>Merges two versions of one thing: of a file its executable bit and its lines; of what has no lines the whole.</summary>
/// <param name="objects">Where content is read and written.</param>
/// <param name="attributes">What the tree says about merging its files.</param>
/// <param name="isVirtual">Whether the result is only the base of another merge: then a conflict leaves the base where it has no lines.</param>
internal sealed class ContentMerge(IMergeObjects objects, AttributeBook attributes, bool isVirtual)
{
    /// <summary>Larger files are not merged by lines: nobody reads markers in them, and three versions must fit in memory.</summary>
    public const long MaxTextBytes = 64 * 1024 * 1024;

    /// <summary>Merges; the sides are of the same form (<see cref="EntryForms.SameForm"/>).</summary>
    /// <param name="path">Where the file stands, for its attributes.</param>
    /// <param name="before">What both started from, or null.</param>
    /// <param name="ours">Our version.</param>
    /// <param name="theirs">Their version.</param>
    /// <param name="labels">How markers name the sides.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<ContentMergeOutcome> MergeAsync(
        TreePath path, DirectoryEntry? before, DirectoryEntry ours, DirectoryEntry theirs, MergeLabels labels, CancellationToken cancellationToken)
    {
        var hasBase = before is not null;
        before = before is not null && EntryForms.SameForm(before.Kind, ours.Kind) ? before : null;
        var conflicts = ImmutableArray.CreateBuilder<ConflictKind>();
        var kind = MergeKind(before, ours, theirs, conflicts);
        if (SameContent(ours, theirs) || SameContent(theirs, before))
        {
            return new ContentMergeOutcome(WithKind(ours, kind), conflicts.ToImmutable(), null);
        }

        if (SameContent(ours, before))
        {
            return new ContentMergeOutcome(WithKind(theirs, kind), conflicts.ToImmutable(), null);
        }

        if (!ours.Kind.IsFile)
        {
            conflicts.Add(hasBase ? ConflictKind.Content : ConflictKind.AddAdd);
            return new ContentMergeOutcome(isVirtual ? before : ours, conflicts.ToImmutable(), null);
        }

        var said = await attributes.OfAsync(path, cancellationToken);
        if (said.Manner == MergeManner.Whole || await TextsAsync(before, ours, theirs, cancellationToken) is not { } texts)
        {
            conflicts.Add(ConflictKind.Binary);
            return new ContentMergeOutcome(isVirtual ? before : WithKind(ours, kind), conflicts.ToImmutable(), null);
        }

        var merged = texts.Merge(said, labels with { MarkerLength = said.MarkerLength }, isVirtual);
        if (!merged.IsClean)
        {
            conflicts.Add(hasBase ? ConflictKind.Content : ConflictKind.AddAdd);
        }

        var id = await objects.WriteContentAsync(merged.Content, cancellationToken);
        return new ContentMergeOutcome(new DirectoryEntry(ours.Name, kind, (ulong)merged.Content.Length, id, ours.Fields), conflicts.ToImmutable(), merged.Texts);
    }

    // Of links to another system the hash says nothing.
    private static bool SameContent(DirectoryEntry a, DirectoryEntry? b) => a.Kind.IsFile && b is { Kind.IsFile: true } ? a.Hash == b.Hash : a.SameTarget(b);

    private async ValueTask<FileTexts?> TextsAsync(DirectoryEntry? before, DirectoryEntry ours, DirectoryEntry theirs, CancellationToken cancellationToken)
    {
        var baseBytes = before is null ? ReadOnlyMemory<byte>.Empty : await objects.ReadContentAsync(before.Hash, MaxTextBytes, cancellationToken);
        var ourBytes = await objects.ReadContentAsync(ours.Hash, MaxTextBytes, cancellationToken);
        var theirBytes = await objects.ReadContentAsync(theirs.Hash, MaxTextBytes, cancellationToken);
        return baseBytes is { } b && ourBytes is { } o && theirBytes is { } t && !IsBinary(b) && !IsBinary(o) && !IsBinary(t) ? new FileTexts(b, o, t) : null;
    }

    private static EntryKind MergeKind(DirectoryEntry? before, DirectoryEntry ours, DirectoryEntry theirs, ImmutableArray<ConflictKind>.Builder conflicts)
    {
        if (ours.Kind == theirs.Kind)
        {
            return ours.Kind;
        }

        if (before is null)
        {
            // Added on both sides with different bits: there is no base to say who changed it.
            conflicts.Add(ConflictKind.Mode);
            return ours.Kind;
        }

        return ours.Kind == before.Kind ? theirs.Kind : ours.Kind;
    }

    private static DirectoryEntry WithKind(DirectoryEntry entry, EntryKind kind) =>
        entry.Kind == kind ? entry : new DirectoryEntry(entry.Name, kind, entry.SizeBytes, entry.Hash, entry.Fields);

    private static bool IsBinary(ReadOnlyMemory<byte> bytes) => BinaryDetection.IsBinary(bytes.Span);
}
