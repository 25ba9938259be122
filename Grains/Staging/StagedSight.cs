using System.Collections.Immutable;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Access;

namespace W0rktree.Grains.Staging;

/// <summary>Shows staged work and warnings to one reader: no path, person or branch that they may not read.</summary>
internal sealed class StagedSight(TreeAccess access)
{
    /// <summary>Gets whether nothing has to be looked at path by path.</summary>
    public bool SeesAllPaths { get; } = access.ReadsEverything;

    /// <summary>Tells whether the reader may know of a branch.</summary>
    public bool Sees(BranchName branch) => access.Decide(Permission.BranchRead, branch, null).IsAllowed;

    /// <summary>Leaves the paths that the reader may read.</summary>
    public ImmutableArray<StagedPath> Filter(ImmutableArray<StagedPath> paths) =>
        SeesAllPaths ? paths : [.. paths.Where(p => access.MayRead(p.Path) && (p.OldPath == TreePath.Root || access.MayRead(p.OldPath)))];

    /// <summary>Shows an entry whose paths are given; null where there is nothing of it to show.</summary>
    public StagedView? Show(StagedRecord entry, ImmutableArray<StagedPath>? paths)
    {
        if (!Sees(entry.Branch))
        {
            return null;
        }

        if (SeesAllPaths)
        {
            return entry.View();
        }

        // The count is of what the reader may read; that there is more would already tell something.
        var seen = paths is { } all ? Filter(all) : [];
        return seen.IsEmpty ? null : entry.View() with { PathCount = seen.Length, PathsTruncated = false };
    }

    /// <summary>Shows where work meets; null where the reader may read none of it.</summary>
    public Overlap? Show(Overlap overlap)
    {
        if (!Sees(overlap.Branch))
        {
            return null;
        }

        if (SeesAllPaths)
        {
            return overlap;
        }

        ImmutableArray<OverlapPath> seen = [.. overlap.Paths.Where(p => access.MayRead(p.Path))];
        return seen.IsEmpty ? null : overlap with { Paths = seen, PathCount = seen.Length };
    }

    /// <summary>Shows a page of events. What is hidden leaves no gap: the page says up to which number it tells everything.</summary>
    public async Task<EventPage> ShowAsync(EventPage page, StagedChanges changes, CancellationToken cancellationToken)
    {
        var seen = ImmutableArray.CreateBuilder<TreeEvent>();
        foreach (var happened in page.Events.Where(e => Sees(e.Branch)))
        {
            if (await ShowAsync(happened, changes, cancellationToken) is { } shown)
            {
                seen.Add(shown);
            }
        }

        return page with { Events = seen.ToImmutable() };
    }

    private async Task<TreeEvent?> ShowAsync(TreeEvent happened, StagedChanges changes, CancellationToken cancellationToken)
    {
        if (happened.Overlap is { } overlap)
        {
            return Show(overlap) is { } shown ? happened with { Overlap = shown, PathCount = shown.PathCount } : null;
        }

        if (SeesAllPaths || happened.Kind is not (EventKind.Staged or EventKind.StagedEnded))
        {
            return happened;
        }

        var paths = (await changes.BetweenAsync(happened.Before, happened.Snapshot, cancellationToken)).TryGet(out var all, out _) ? Filter(all).Length : 0;
        return paths == 0 ? null : happened with { PathCount = paths };
    }
}
