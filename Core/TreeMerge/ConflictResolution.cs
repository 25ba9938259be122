using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextDiff;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Answers a recorded conflict. Text is joined anew from the three recorded versions, and only the places that disagree take
/// the answer: what went together stays. What has no lines is taken whole.
/// </summary>
public sealed class ConflictResolution(IMergeObjects objects)
{
    /// <summary>Gives the root with a conflict answered.</summary>
    /// <param name="root">The root that holds the conflict.</param>
    /// <param name="conflict">The conflict.</param>
    /// <param name="answer">Whose version to take.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<Result<ContentHash>> AnswerAsync(ContentHash root, Conflict conflict, ConflictAnswer answer, CancellationToken cancellationToken)
    {
        if (conflict is { Ours: { Kind: EntryKind.Directory } } or { Theirs: { Kind: EntryKind.Directory } } or { Base: { Kind: EntryKind.Directory } })
        {
            return new Error("no_such_answer", $"'{conflict.Path}' is a directory of which nobody can say where it went; no side's version answers that.", $"Move the files, then 'wt resolve --mark {conflict.Path}'.");
        }

        if (conflict.Kind == ConflictKind.DirectoryFile)
        {
            return new Error("no_such_answer", $"At '{conflict.Path}' a directory and a file both have to stay; the file stands beside the directory.", $"Move one of them, then 'wt resolve --mark {conflict.Path}'.");
        }

        if (conflict is { Kind: ConflictKind.RenameRename, Base: null } && (conflict.Ours is null || conflict.Theirs is null) && answer != Kept(conflict))
        {
            return new Error("no_such_answer", $"'{conflict.Path}' is new on one side alone; the other side only moved its directory. Another answer would drop it.", $"'wt resolve --mark {conflict.Path}' keeps it here; or move it first.");
        }

        var joined = await JoinAsync(conflict, answer, cancellationToken);
        if (!joined.IsOk)
        {
            return joined.Error;
        }

        return await new TreeEdit(objects).SetAsync(root, conflict.Path, joined.Value.Entry, cancellationToken);
    }

    private static ConflictAnswer Kept(Conflict conflict) => conflict.Ours is not null ? ConflictAnswer.Ours : ConflictAnswer.Theirs;

    private async ValueTask<Result<Answer>> JoinAsync(Conflict conflict, ConflictAnswer answer, CancellationToken cancellationToken)
    {
        var (before, ours, theirs) = (conflict.Base, conflict.Ours, conflict.Theirs);
        if (ours is { Kind.IsFile: true } && theirs is { Kind.IsFile: true } && conflict.Kind is ConflictKind.Content or ConflictKind.AddAdd or ConflictKind.RenameRename
            && await TextAsync(before is { Kind.IsFile: true } ? before : null, ours, theirs, cancellationToken) is { } texts)
        {
            var content = texts is TextMergeOutcome.Conflicted conflicted ? conflicted.Resolve(answer) : texts.Merged;
            var kind = answer switch
            {
                ConflictAnswer.Theirs => theirs.Kind,
                ConflictAnswer.Base when before is not null => before.Kind,
                _ => ours.Kind == before?.Kind ? theirs.Kind : ours.Kind,
            };
            return new Answer(new DirectoryEntry(conflict.Path.Name, kind, (ulong)content.Length, await objects.WriteContentAsync(content, cancellationToken)));
        }

        return answer switch
        {
            ConflictAnswer.Ours => Whole(conflict, ours),
            ConflictAnswer.Theirs => Whole(conflict, theirs),
            ConflictAnswer.Base => Whole(conflict, before),
            _ => new Error("no_such_answer", $"'{conflict.Path}' has no lines of two sides to put together ({conflict.Kind.Text}).", "Take ours, theirs or base, or edit it and then 'wt resolve --mark'."),
        };
    }

    private async ValueTask<TextMergeOutcome?> TextAsync(ConflictSide? before, ConflictSide ours, ConflictSide theirs, CancellationToken cancellationToken)
    {
        var b = before is null ? ReadOnlyMemory<byte>.Empty : await objects.ReadContentAsync(before.Hash, ContentMerge.MaxTextBytes, cancellationToken);
        var o = await objects.ReadContentAsync(ours.Hash, ContentMerge.MaxTextBytes, cancellationToken);
        var t = await objects.ReadContentAsync(theirs.Hash, ContentMerge.MaxTextBytes, cancellationToken);
        return b is { } x && o is { } y && t is { } z && !BinaryDetection.IsBinary(x.Span) && !BinaryDetection.IsBinary(y.Span) && !BinaryDetection.IsBinary(z.Span)
            ? TextMerge.TextMerge.Merge(x, y, z, MergeLabels.Default)
            : null;
    }

    /// <summary>A whole version; where the side has none, the path goes.</summary>
    private static Result<Answer> Whole(Conflict conflict, ConflictSide? side) => side switch
    {
        null => new Answer(null),
        { Kind: EntryKind.NestedTree or EntryKind.ForeignLink } => new Error(
            "no_such_answer", $"'{conflict.Path}' is a link to another tree, of which a conflict records too little to take one side.", "Restore it from the side's snapshot, then 'wt resolve --mark'."),
        _ => new Answer(new DirectoryEntry(conflict.Path.Name, side.Kind, side.SizeBytes, side.Hash)),
    };

    private readonly record struct Answer(DirectoryEntry? Entry);
}
