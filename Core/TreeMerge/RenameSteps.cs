using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Brings together, before anything is merged, the versions that renames have spread over several paths, and records where
/// the sides disagree about the place.
/// </summary>
internal sealed class RenameSteps(MergeWalk walk, ContentMerge content, MergeLabels labels)
{
    /// <summary>Applies the renames of both sides, in the order of the paths they came from, so that the two of one file meet.</summary>
    public async ValueTask ApplyAsync(CancellationToken cancellationToken)
    {
        var moves = walk.Ours.Moves.Concat(walk.Theirs.Moves).Where(move => move.Old is not null).ToArray();
        foreach (var group in moves.GroupBy(move => move.Old!.Value.Path).OrderBy(group => group.Key.Memory, ByteOrder.Instance))
        {
            // Settled since: the other side left it alone, or a directory moved it.
            if (walk.FindOpen(group.Key) is not { } old)
            {
                continue;
            }

            if (group.ToArray() is [var ours, var theirs])
            {
                await BothAsync(old, ours, theirs, cancellationToken);
            }
            else
            {
                await OneAsync(old, group.First(), cancellationToken);
            }
        }
    }

    private async ValueTask BothAsync(MergePath old, SideMove ours, SideMove theirs, CancellationToken cancellationToken)
    {
        var here = Target(ours);
        var there = Target(theirs);
        if (here == there)
        {
            here.PutBase(old.Base, old.Path);
            old.Vacate();
            return;
        }

        var (ourFile, theirFile) = (here.Ours!, there.Theirs!);
        var merged = await content.MergeAsync(ours.Target, old.Base, ourFile, theirFile, Labels(old.Path, ours.Target, theirs.Target), cancellationToken);
        // What has no lines stays on each side as that side has it.
        var isWhole = !merged.IsClean && merged.Entry?.Hash == ourFile.Hash;
        var split = new SplitFile(old.Base is { } before ? new(before, old.Path) : null, new(ourFile, here.OurPath), new(theirFile, there.TheirPath), merged.Text, MergeSide.Ours);
        here.Split = split;
        there.Split = split with { Side = MergeSide.Theirs };
        here.Put(MergeSide.Ours, merged.Entry, here.OurPath);
        there.Put(MergeSide.Theirs, isWhole ? theirFile : merged.Entry, there.TheirPath);
        here.AddPlaceConflict(ConflictKind.RenameRename);
        there.AddPlaceConflict(ConflictKind.RenameRename);
        old.Vacate();
    }

    private async ValueTask OneAsync(MergePath old, SideMove move, CancellationToken cancellationToken)
    {
        var side = move.Side;
        var other = side.Other();
        var target = Target(move);
        var otherFile = old.Of(other);
        var typeChanged = otherFile is not null && otherFile.Kind.IsFile != target.Of(side)!.Kind.IsFile;
        var collides = target.Of(other) is not null && !typeChanged;
        if (collides && otherFile is not null)
        {
            await CollideAsync(old, move, target, otherFile, cancellationToken);
        }
        else if (collides)
        {
            target.AddPlaceConflict(ConflictKind.RenameDelete);
            target.MarkRenamed(side);
        }
        else
        {
            target.PutBase(old.Base, old.Path);
            if (typeChanged)
            {
                // It is something else now where it was: that stays, and the file that moved lost its other side.
                old.PutBase(null, old.Path);
                return;
            }

            if (otherFile is null)
            {
                target.AddPlaceConflict(ConflictKind.RenameDelete);
            }
            else
            {
                target.Put(other, otherFile, old.Path);
            }
        }

        old.Vacate();
    }

    /// <summary>The target is taken on the other side: the moved file is merged with its other version first, then as if both had been added.</summary>
    private async ValueTask CollideAsync(MergePath old, SideMove move, MergePath target, DirectoryEntry otherFile, CancellationToken cancellationToken)
    {
        var moved = target.Of(move.Side)!;
        var (ours, theirs) = move.Side == MergeSide.Ours ? (moved, otherFile) : (otherFile, moved);
        var (ourPath, theirPath) = move.Side == MergeSide.Ours ? (target.OurPath, old.TheirPath) : (old.OurPath, target.TheirPath);
        if (EntryForms.SameForm(ours.Kind, theirs.Kind))
        {
            var merged = await content.MergeAsync(target.Path, old.Base, ours, theirs, Labels(old.Path, ourPath, theirPath), cancellationToken);
            target.Parts.Add(new PathFact(target.Path, target.Path, old.Base is null ? null : old.BasePath, ourPath, theirPath, merged.Text, IsPart: true));
            target.Put(move.Side, merged.Entry, target.PathOf(move.Side));
        }

        target.MarkRenamed(move.Side);
    }

    private MergePath Target(SideMove move) =>
        walk.FindOpen(move.Target) ?? throw new InvalidOperationException($"The target '{move.Target}' of a rename is not open.");

    private MergeLabels Labels(TreePath before, TreePath ours, TreePath theirs) => PathLabels.Of(labels, before, ours, theirs);

    private sealed class ByteOrder : IComparer<ReadOnlyMemory<byte>>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceCompareTo(y.Span);
    }
}

/// <summary>Names the sides of a text whose versions stood at different paths: <c>branch:path</c>.</summary>
internal static class PathLabels
{
    public static MergeLabels Of(MergeLabels labels, TreePath before, TreePath ours, TreePath theirs) =>
        before == ours && ours == theirs ? labels : new MergeLabels($"{labels.Ours}:{ours}", $"{labels.Base}:{before}", $"{labels.Theirs}:{theirs}");
}
