using W0rktree.Core;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Checkout;

/// <summary>
/// Lists what has to be written and deleted to bring the files from one tree to another, and refuses what would destroy
/// something or what this platform cannot hold. Nothing is touched while planning.
/// </summary>
internal sealed class CheckoutPlan
{
    /// <summary>As many paths as a message can name and still be read.</summary>
    private const int NamedPaths = 5;

    private CheckoutPlan(IReadOnlyList<PathChange> changes) => Changes = changes;

    /// <summary>Gets the changes, sorted by path.</summary>
    public IReadOnlyList<PathChange> Changes { get; }

    private static NamePlatform Platform => OperatingSystem.IsWindows() ? NamePlatform.Windows : OperatingSystem.IsMacOS() ? NamePlatform.MacOs : NamePlatform.Linux;

    /// <summary>Plans the way from the index's base to another tree.</summary>
    public static async Task<Result<CheckoutPlan>> MakeAsync(OpenCopy copy, ObjectGraph graph, ContentHash target, CancellationToken cancellationToken) =>
        Of(copy, await BaseDiff.CompareAsync(copy.Index, graph, target, cancellationToken));

    /// <summary>Plans to carry out changes of the index's base.</summary>
    public static Result<CheckoutPlan> Of(OpenCopy copy, IReadOnlyList<PathChange> changes) =>
        FirstUnsafe(changes, Platform) is { } unsafeName ? unsafeName : FirstObstacle(copy, changes) is { } obstacle ? obstacle : new CheckoutPlan(changes);

    /// <summary>Gives why a whole tree cannot be checked out here, or null. Asked before a clone makes anything.</summary>
    public static async Task<Error?> RefusalAsync(ObjectGraph graph, ContentHash root, CancellationToken cancellationToken) =>
        FirstUnsafe(await DirectoryDiff.CompareAsync(graph, null, root, cancellationToken), Platform);

    /// <summary>
    /// Plans the rest of an interrupted way: only what still is as it was before, or is missing and was to appear; of a first
    /// checkout also what is the beginning of a file, because that one writes files in their places.
    /// </summary>
    public static async Task<CheckoutPlan> UnfinishedAsync(OpenCopy copy, ContentHash target, bool isFirst, CancellationToken cancellationToken)
    {
        var changes = await BaseDiff.CompareAsync(copy.Index, copy.Graph, target, cancellationToken);
        var begun = new HashSet<TreePath>();
        foreach (var change in isFirst ? changes : [])
        {
            if (await IsBeginningAsync(copy, change, cancellationToken))
            {
                begun.Add(change.Path);
            }
        }

        // There is nobody to refuse to in the middle of a start: what may never be written is left out.
        return new CheckoutPlan([.. changes.Where(change => ControlPaths.FirstBroken(change.Path) is null && copy.Index.Find(change.Path) switch
        {
            { IsPresentFile: true } when begun.Contains(change.Path) => true,
            { IsPresentFile: true, Work: { } work } => work.SameTarget(change.Old),
            { IsPresentFile: true } => false,
            _ => change.New is not null && copy.Files.Look(change.Path) is null or { Kind: FoundKind.Directory },
        })]);
    }

    /// <summary>Whether what stands at a path is a true beginning of what is to stand there.</summary>
    private static async Task<bool> IsBeginningAsync(OpenCopy copy, PathChange change, CancellationToken cancellationToken)
    {
        if (change.New is not { } entry || !entry.Kind.IsFile || copy.Index.Find(change.Path) is not { IsPresentFile: true, Found: { } found }
            || found.Kind == FoundKind.Symlink || (ulong)found.Stamp.SizeBytes >= entry.SizeBytes || found.Stamp.SizeBytes > ChunkList.ThresholdBytes)
        {
            return false;
        }

        using var file = copy.Files.Open(change.Path);
        var stored = await copy.Store.TryReadAsync(entry.Hash, cancellationToken);
        var there = new byte[found.Stamp.SizeBytes];
        return file is not null && stored is { Kind: ObjectKind.Content } && file.Read(there, 0) == there.Length && stored.Bytes.Span.StartsWith(there);
    }

    private static Error? FirstUnsafe(IReadOnlyList<PathChange> changes, NamePlatform platform)
    {
        var keys = new Dictionary<(TreePath Parent, string Key), EntryName>();
        var seen = new HashSet<TreePath>();
        foreach (var change in changes.Where(change => change.New is not null))
        {
            if (ControlPaths.FirstBroken(change.Path) is { } forbidden)
            {
                return new Error("unsafe_name", $"'{change.Path}' cannot be checked out: {forbidden}. Nothing was changed.", "Whoever made this snapshot has to take the file out.");
            }

            for (var path = change.Path; !path.IsRoot && seen.Add(path); path = path.Parent)
            {
                if (PortableNames.FirstBroken(path.Name, platform) is { } rule)
                {
                    return new Error("unsafe_name", $"'{change.Path}' cannot be checked out here: {rule}. Nothing was changed.", "Rename it on a system that can hold it; it stays safe in history.");
                }

                if (!keys.TryAdd((path.Parent, PortableNames.CollisionKey(path.Name, platform)), path.Name)
                    && keys[(path.Parent, PortableNames.CollisionKey(path.Name, platform))] != path.Name)
                {
                    return new Error("unsafe_name", $"'{change.Path}' cannot be checked out here: another name differs from it only in a way that this file system does not tell apart. Nothing was changed.");
                }
            }
        }

        return null;
    }

    private static Error? FirstObstacle(OpenCopy copy, IReadOnlyList<PathChange> changes)
    {
        var obstacles = new List<TreePath>();
        foreach (var change in changes)
        {
            if (Obstacle(copy, change) is { } path && !obstacles.Contains(path))
            {
                obstacles.Add(path);
            }
        }

        if (obstacles.Count == 0)
        {
            return null;
        }

        var named = string.Join(", ", obstacles.Take(NamedPaths).Select(path => $"'{path}'"));
        var more = obstacles.Count > NamedPaths ? $" and {obstacles.Count - NamedPaths} more" : "";
        return new Error("would_overwrite", $"{named}{more} would be overwritten, and no snapshot has what stands there. Nothing was changed.", "Move it away, or let a snapshot take it up, and try again.");
    }

    /// <summary>Finds what no snapshot holds and what would have to go: an ignored file, a file left out, a socket.</summary>
    private static TreePath? Obstacle(OpenCopy copy, PathChange change)
    {
        var node = copy.Index.Find(change.Path);
        if (node is { IsPresentFile: true })
        {
            // Known to the index: safe exactly if the tip has it.
            return node.Work is { } work && (work.SameTarget(node.Base) || work.SameTarget(change.New)) ? null : change.Path;
        }

        if (change.New is null)
        {
            return null;
        }

        for (var path = change.Path; !path.IsRoot; path = path.Parent)
        {
            if (copy.Files.Look(path) is { } found && IsInTheWay(copy, path, found, isLast: path == change.Path))
            {
                return path;
            }
        }

        return null;
    }

    private static bool IsInTheWay(OpenCopy copy, TreePath path, FoundEntry found, bool isLast)
    {
        if (found.Kind == FoundKind.Directory)
        {
            // A directory in place of a file is in the way while it holds something that is not about to be deleted.
            return isLast && copy.Files.List(path) is { } listing && listing.Entries.Any(entry => copy.Index.Find(path.Append(entry.Name)) is null);
        }

        return copy.Index.Find(path) is not { IsPresentFile: true };
    }
}
