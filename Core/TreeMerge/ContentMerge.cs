using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TextDiff;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>Gives one merged file and the ways in which its sides disagree.</summary>
internal readonly record struct ContentMergeOutcome(DirectoryEntry Entry, ImmutableArray<ConflictKind> Conflicts);

/// <summary>Merges two versions of one regular file: its executable bit and its lines.</summary>
internal sealed class ContentMerge(IContentSource contents, IObjectWriter writer, MergeLabels labels)
{
    /// <summary>Larger files are not merged by lines: nobody reads markers in them, and three versions must fit in memory.</summary>
    public const long MaxTextBytes = 64 * 1024 * 1024;

    public async ValueTask<ContentMergeOutcome> MergeAsync(DirectoryEntry? before, DirectoryEntry ours, DirectoryEntry theirs, CancellationToken cancellationToken)
    {
        var conflicts = ImmutableArray.CreateBuilder<ConflictKind>();
        var kind = MergeKind(before, ours, theirs, conflicts);
        if (ours.Hash == theirs.Hash || theirs.Hash == before?.Hash)
        {
            return new ContentMergeOutcome(WithKind(ours, kind), conflicts.ToImmutable());
        }

        if (ours.Hash == before?.Hash)
        {
            return new ContentMergeOutcome(WithKind(theirs, kind), conflicts.ToImmutable());
        }

        var baseBytes = before is null ? ReadOnlyMemory<byte>.Empty : await contents.ReadAsync(before.Hash, MaxTextBytes, cancellationToken);
        var ourBytes = await contents.ReadAsync(ours.Hash, MaxTextBytes, cancellationToken);
        var theirBytes = await contents.ReadAsync(theirs.Hash, MaxTextBytes, cancellationToken);
        if (baseBytes is not { } b || ourBytes is not { } o || theirBytes is not { } t || IsBinary(b) || IsBinary(o) || IsBinary(t))
        {
            conflicts.Add(ConflictKind.Binary);
            return new ContentMergeOutcome(WithKind(ours, kind), conflicts.ToImmutable());
        }

        var outcome = TextMerge.TextMerge.Merge(b, o, t, labels);
        if (outcome is TextMergeOutcome.Conflicted)
        {
            conflicts.Add(before is null ? ConflictKind.AddAdd : ConflictKind.Content);
        }

        var merged = outcome switch
        {
            TextMergeOutcome.Clean clean => clean.Content,
            TextMergeOutcome.Conflicted conflicted => conflicted.WithMarkers,
            _ => throw new InvalidOperationException($"Unknown outcome {outcome.GetType().Name}."),
        };
        var id = ContentHash.OfContent(merged.Span);
        await writer.WriteAsync(ObjectKind.Content, id, merged, cancellationToken);
        return new ContentMergeOutcome(new DirectoryEntry(ours.Name, kind, (ulong)merged.Length, id, ours.Fields), conflicts.ToImmutable());
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
