using System.Collections.Immutable;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Index;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>
/// Tells which conflicts of the line's tip the working directory still holds. A conflict in text is answered when its
/// markers are gone. One that leaves no markers is answered when its file changed, or when somebody makes a snapshot by hand.
/// </summary>
internal sealed class ConflictAnswers(OpenCopy copy)
{
    /// <summary>The merge writes markers into no larger file.</summary>
    public const long MaxTextBytes = 64 * 1024 * 1024;

    /// <summary>Gives the conflicts that go on.</summary>
    public ImmutableArray<Conflict> Remaining(SnapshotObject tip, bool answersAll)
    {
        if (!tip.HasConflicts)
        {
            return [];
        }

        var remaining = ImmutableArray.CreateBuilder<Conflict>();
        foreach (var conflict in tip.Conflicts)
        {
            if (!IsAnswered(conflict, answersAll))
            {
                remaining.Add(conflict);
            }
        }

        return remaining.ToImmutable();
    }

    private bool IsAnswered(Conflict conflict, bool answersAll)
    {
        var node = copy.Index.Find(conflict.Path);
        if (node is { IsPresentFile: true, Work: { } work } && work.Kind.IsFile && HasMarkers(conflict.Path))
        {
            return false;
        }

        return answersAll || conflict.Kind is ConflictKind.Content or ConflictKind.AddAdd || IsChanged(node);
    }

    private bool HasMarkers(TreePath path)
    {
        using var file = copy.Files.Open(path);
        var size = file?.Look().Stamp.SizeBytes ?? 0;
        if (file is null || size > MaxTextBytes)
        {
            return false;
        }

        var text = new byte[size];
        return HasMarkers(text.AsSpan(0, file.Read(text, 0)));
    }

    /// <summary>Looks for a line that opens a conflict and one that closes it.</summary>
    internal static bool HasMarkers(ReadOnlySpan<byte> text)
    {
        var opens = MarkerLine(text, (byte)'<');
        return opens >= 0 && MarkerLine(text[opens..], (byte)'>') >= 0;
    }

    /// <summary>Finds a line that begins with a run of a marker's character, seven or more, and a space.</summary>
    private static int MarkerLine(ReadOnlySpan<byte> text, byte marker)
    {
        ReadOnlySpan<byte> usual = marker == (byte)'<' ? "<<<<<<<"u8 : ">>>>>>>"u8;
        for (var at = 0; at < text.Length;)
        {
            var found = text[at..].IndexOf(usual);
            if (found < 0)
            {
                return -1;
            }

            at += found;
            var length = text[at..].IndexOfAnyExcept(marker);
            if (length > 0 && text[at + length] == (byte)' ' && (at == 0 || text[at - 1] == (byte)'\n'))
            {
                return at;
            }

            at += Math.Max(length, usual.Length);
        }

        return -1;
    }

    private static bool IsChanged(IndexNode? node) =>
        node is not null && (node.IsPresentFile ? !(node.Work?.SameTarget(node.Base) ?? false) : node.HasBaseFile);
}
