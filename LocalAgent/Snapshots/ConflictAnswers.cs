using System.Collections.Immutable;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Index;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>
/// Tells which conflicts of the line's tip the working directory still holds. A conflict in text is answered when its
/// markers are gone. One that leaves no markers is answered when its file changed, or when somebody makes a snapshot by hand.
/// </summary>
internal sealed class ConflictAnswers(OpenCopy copy)
{
    /// <summary>Gives the conflicts that go on.</summary>
    public async ValueTask<ImmutableArray<Conflict>> RemainingAsync(SnapshotObject tip, bool answersAll, CancellationToken cancellationToken)
    {
        if (!tip.HasConflicts)
        {
            return [];
        }

        var remaining = ImmutableArray.CreateBuilder<Conflict>();
        foreach (var conflict in tip.Conflicts)
        {
            if (!await IsAnsweredAsync(conflict, answersAll, cancellationToken))
            {
                remaining.Add(conflict);
            }
        }

        return remaining.ToImmutable();
    }

    private async ValueTask<bool> IsAnsweredAsync(Conflict conflict, bool answersAll, CancellationToken cancellationToken)
    {
        var node = copy.Index.Find(conflict.Path);
        if (node is { IsPresentFile: true, Work: { } work } && work.Kind.IsFile && await HasMarkersAsync(work, cancellationToken))
        {
            return false;
        }

        return answersAll || conflict.Kind is ConflictKind.Content or ConflictKind.AddAdd || IsChanged(node);
    }

    private async ValueTask<bool> HasMarkersAsync(DirectoryEntry entry, CancellationToken cancellationToken)
    {
        var content = await copy.Store.TryReadAsync(entry.Hash, cancellationToken);
        return content is { Kind: ObjectKind.Content } && HasMarkers(content.Bytes.Span);
    }

    /// <summary>Looks for a line that opens a conflict and one that closes it.</summary>
    internal static bool HasMarkers(ReadOnlySpan<byte> text)
    {
        var opens = StartsLine(text, "<<<<<<< "u8);
        return opens >= 0 && StartsLine(text[opens..], ">>>>>>> "u8) >= 0;
    }

    private static int StartsLine(ReadOnlySpan<byte> text, ReadOnlySpan<byte> marker)
    {
        for (var at = 0; at < text.Length;)
        {
            var found = text[at..].IndexOf(marker);
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (at == 0 || text[at - 1] == (byte)'\n')
            {
                return at;
            }

            at++;
        }

        return -1;
    }

    private static bool IsChanged(IndexNode? node) =>
        node is not null && (node.IsPresentFile ? !(node.Work?.SameTarget(node.Base) ?? false) : node.HasBaseFile);
}
