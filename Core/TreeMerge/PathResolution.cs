using W0rktree.Core.Objects;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>Says what one open path comes to.</summary>
/// <param name="Entry">What stands there in the result; null for nothing.</param>
/// <param name="Conflicts">In what ways the sides disagree.</param>
/// <param name="Text">How lines were joined, where they were.</param>
internal readonly record struct PathOutcome(DirectoryEntry? Entry, IReadOnlyList<ConflictKind> Conflicts, ThreeWayText? Text = null);

/// <summary>Decides open paths, after renames have brought the versions together.</summary>
internal sealed class PathResolution(ContentMerge content, MergeLabels labels, bool isVirtual)
{
    public async ValueTask<PathOutcome> ResolveAsync(MergePath path, CancellationToken cancellationToken)
    {
        var (before, ours, theirs) = (path.Base, path.Ours, path.Theirs);
        if (path.Split is { } split && path.Of(split.Side.Other()) is null)
        {
            return new PathOutcome(path.Of(split.Side), path.PlaceConflicts, split.Text);
        }

        if (!path.IsRearranged)
        {
            var triple = new EntryTriple(before, ours, theirs);
            if (triple.SidesAgree || triple.TheirsIsBase)
            {
                return new PathOutcome(ours, ours is null ? [] : path.PlaceConflicts);
            }

            if (triple.OursIsBase)
            {
                return new PathOutcome(theirs, theirs is null ? [] : path.PlaceConflicts);
            }
        }

        if (ours is not null && theirs is not null)
        {
            return await MergeAsync(path, before, ours, theirs, cancellationToken);
        }

        if ((ours ?? theirs) is not { } only)
        {
            return new PathOutcome(null, []);
        }

        if (before is null)
        {
            return new PathOutcome(only, path.PlaceConflicts);
        }

        // One side deleted what the other changed or moved.
        return new PathOutcome(isVirtual ? before : only, path.PlaceConflicts.Count > 0 ? path.PlaceConflicts : [ConflictKind.ModifyDelete]);
    }

    private async ValueTask<PathOutcome> MergeAsync(MergePath path, DirectoryEntry? before, DirectoryEntry ours, DirectoryEntry theirs, CancellationToken cancellationToken)
    {
        if (!EntryForms.SameForm(ours.Kind, theirs.Kind))
        {
            return new PathOutcome(isVirtual ? before : ours, Conflicts(path, [ConflictKind.Mode]));
        }

        var pathLabels = PathLabels.Of(labels, path.BasePath, path.OurPath, path.TheirPath);
        var merged = await content.MergeAsync(path.Path, before, ours, theirs, pathLabels, cancellationToken);
        var kinds = merged.Conflicts.Select(kind => kind == ConflictKind.AddAdd && path.BothRenamed ? ConflictKind.RenameRename : kind);
        return new PathOutcome(merged.Entry, Conflicts(path, kinds), merged.Text);
    }

    private static List<ConflictKind> Conflicts(MergePath path, IEnumerable<ConflictKind> kinds) => [.. path.PlaceConflicts.Union(kinds)];
}
