using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeDiff;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Merges two trees against their common base. Files are followed where a side renamed them, and what a side added to a
/// directory follows where the other side moved it. Costs only what both sides changed: a subtree that one side left alone is
/// taken from the other by its id, unread, unless a rename reaches into it.
/// </summary>
/// <remarks>
/// What a conflict leaves in the tree: text with markers for content; the changed version where the other side deleted; our
/// version for everything that has no lines, while the record names all three. A file that must make way for a directory
/// moves beside it, under its name, <c>~</c> and its side's label. Nothing that either side has is dropped.
/// </remarks>
public sealed class TreeMerger
{
    private static readonly EntryName RootName = EntryName.Create("root").Value;

    private readonly IMergeObjects _objects;
    private readonly MergeLabels _labels;
    private readonly bool _isVirtual;
    private readonly MergeWalk _walk;
    private long? _gaveUpAt;

    /// <summary>Prepares a merge in a store.</summary>
    public TreeMerger(ObjectGraph objects, IObjectWriter writer, IContentSource contents, MergeLabels labels)
        : this(new StoredMergeObjects(objects, writer, contents), labels)
    {
    }

    /// <summary>Prepares a merge.</summary>
    /// <param name="objects">Where directories and contents are.</param>
    /// <param name="labels">How markers name the sides.</param>
    /// <param name="isVirtual">Whether the result is only the base of another merge.</param>
    public TreeMerger(IMergeObjects objects, MergeLabels labels, bool isVirtual = false)
    {
        _objects = objects;
        _labels = labels;
        _isVirtual = isVirtual;
        _walk = new MergeWalk(objects);
    }

    /// <summary>Merges two roots. A null base stands for histories that have nothing in common. Use an instance once.</summary>
    public async ValueTask<Result<TreeMergeOutcome>> MergeAsync(ContentHash? baseRoot, ContentHash ours, ContentHash theirs, CancellationToken cancellationToken)
    {
        if (ours == theirs || theirs == baseRoot || ours == baseRoot)
        {
            return new TreeMergeOutcome.Clean(ours == baseRoot ? theirs : ours);
        }

        try
        {
            var roots = new EntryTriple(baseRoot is { } id ? Root(id) : null, Root(ours), Root(theirs));
            var root = await _walk.WalkAsync(roots, cancellationToken);
            var moves = new DirectoryRenames(_walk);
            await FindRenamesAsync(moves, cancellationToken);
            var content = new ContentMerge(_objects, new AttributeBook(_objects, ours), _isVirtual);
            await new RenameSteps(_walk, content, _labels).ApplyAsync(cancellationToken);
            var assembly = new TreeAssembly(_objects, new PathResolution(content, _labels, _isVirtual), _labels);
            foreach (var split in moves.Split)
            {
                assembly.Report(_walk.Directories[split]);
            }

            return await assembly.BuildAsync(root, cancellationToken) with { RenamesGaveUpAt = _gaveUpAt };
        }
        catch (HiddenChangesException e)
        {
            return new Error("hidden_changes", e.Message, "Ask somebody who may read the whole directory to merge, or merge on the server.");
        }
    }

    private static DirectoryEntry Root(ContentHash id) => new(RootName, EntryKind.Directory, 0, id);

    private async ValueTask FindRenamesAsync(DirectoryRenames moves, CancellationToken cancellationToken)
    {
        if (!_walk.Ours.CanHaveRenames && !_walk.Theirs.CanHaveRenames)
        {
            return;
        }

        foreach (var side in MergeSides.Both)
        {
            await FindRenamesAsync(side, moves, cancellationToken);
        }

        if (_isVirtual)
        {
            // A base that guesses where things belong would make the merge above see moves that nobody made.
            return;
        }

        var carried = new List<(SideMove Move, TreePath Target)>();
        moves.Carry((move, target) => carried.Add((move, target)));
        foreach (var (move, target) in carried)
        {
            await CarryAsync(move, target, cancellationToken);
        }
    }

    private async ValueTask FindRenamesAsync(MergeSide side, DirectoryRenames moves, CancellationToken cancellationToken)
    {
        var changes = _walk.Of(side);
        var renamed = new Dictionary<TreePath, RenameSide>();
        if (changes.CanHaveRenames)
        {
            var search = new RenameSearch(changes.Gone, changes.Added, ReadAsync, RenameLimits.ForMerge);
            var found = await search.FindAsync(changes.Relevant, changes.RemovedDirectories, cancellationToken);
            _gaveUpAt = found.GaveUpAt ?? _gaveUpAt;
            renamed = found.Pairs.ToDictionary(pair => pair.New.Path, pair => pair.Old);
            if (!_isVirtual)
            {
                moves.Decide(changes, found.DirectoryCounts);
            }
        }

        changes.Moves.AddRange(changes.Added.Select(added => new SideMove(side, renamed.TryGetValue(added.Path, out var old) ? old : null, added)));
    }

    private ValueTask<ReadOnlyMemory<byte>?> ReadAsync(RenameSide side, CancellationToken cancellationToken) =>
        _objects.ReadContentAsync(side.Entry.Hash, ContentMerge.MaxTextBytes, cancellationToken);

    /// <summary>Moves what a side added to where the other side moved its directory. It is put there as a proposal.</summary>
    private async ValueTask CarryAsync(SideMove move, TreePath target, CancellationToken cancellationToken)
    {
        if (_walk.FindOpen(move.New.Path) is not { } from)
        {
            return;
        }

        var directory = await new DirectoryOpener(_walk, _objects).OpenAsync(target.Parent, cancellationToken);
        var to = directory.Open.TryGetValue(target.Name, out var open) ? open : directory.Open[target.Name] = new MergePath(target, default);
        to.Put(move.Side, from.Of(move.Side), move.New.Path);
        to.AddPlaceConflict(ConflictKind.RenameRename);
        move.Target = target;
        from.Vacate();
    }
}
