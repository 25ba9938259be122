using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Walks base and sides in step and sorts every name: settled, open, or a directory to go on with. A directory that only one
/// side changed is put off, and walked only when that side has renames that matter: so a merge costs what both sides changed.
/// </summary>
internal sealed class MergeWalk(IMergeObjects objects)
{
    private bool _walksAll;

    public SideChanges Ours { get; } = new();

    public SideChanges Theirs { get; } = new();

    public Dictionary<TreePath, MergeDirectory> Directories { get; } = [];

    public SideChanges Of(MergeSide side) => side == MergeSide.Ours ? Ours : Theirs;

    /// <summary>Walks from the roots.</summary>
    public async ValueTask<MergeDirectory> WalkAsync(EntryTriple roots, CancellationToken cancellationToken)
    {
        var root = await VisitAsync(TreePath.Root, roots, RenameMask.None, cancellationToken);
        foreach (var side in MergeSides.Both)
        {
            _walksAll = Of(side).Relevant.Count > 0;
            foreach (var deferred in Of(side).Deferred)
            {
                await SettleAsync(side, deferred, cancellationToken);
            }
        }

        return root;
    }

    /// <summary>Finds a path that is open.</summary>
    public MergePath? FindOpen(TreePath path) =>
        !path.IsRoot && Directories.GetValueOrDefault(path.Parent)?.Open.GetValueOrDefault(path.Name) is { IsVacated: false } open ? open : null;

    private async ValueTask SettleAsync(MergeSide side, DeferredDirectory deferred, CancellationToken cancellationToken)
    {
        if (_walksAll)
        {
            deferred.Parent.Below[deferred.Name] = await VisitAsync(deferred.Parent.Path.Append(deferred.Name), deferred.Entries, deferred.Mask, cancellationToken);
        }
        else if (deferred.Entries.Of(side) is { } kept)
        {
            deferred.Parent.Settled.Set(kept);
        }
    }

    private async ValueTask<MergeDirectory> VisitAsync(TreePath path, EntryTriple entries, RenameMask mask, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var before = await ReadAsync(entries.Base, cancellationToken);
        var ours = entries.OursIsBase ? before : await ReadAsync(entries.Ours, cancellationToken);
        var theirs = entries.TheirsIsBase ? before : entries.SidesAgree ? ours : await ReadAsync(entries.Theirs, cancellationToken);
        var directory = new MergeDirectory(path, entries) { Sealed = MergeSealed(path, before, ours, theirs) };
        Directories.Add(path, directory);
        var names = AllNames(before, ours, theirs);
        if (mask is RenameMask.OursHas or RenameMask.TheirsHas && names.Any(entry => IsAddedBy(mask, entry)))
        {
            mask = RenameMask.Both;
        }

        foreach (var entry in names)
        {
            // Nearly all of a large directory ends here.
            if ((entry.OursIsBase && entry.TheirsIsBase) || (entry.AllFiles && (entry.SidesAgree || entry.OursIsBase || entry.TheirsIsBase)))
            {
                directory.Settled.Set((entry.OursIsBase ? entry.Theirs : entry.Ours)!);
            }
            else
            {
                await SortAsync(directory, entry, mask, cancellationToken);
            }
        }

        return directory;
    }

    private async ValueTask SortAsync(MergeDirectory directory, EntryTriple entry, RenameMask mask, CancellationToken cancellationToken)
    {
        var name = (entry.Base ?? entry.Ours ?? entry.Theirs)!.Name;
        var path = directory.Path.Append(name);
        if (mask != RenameMask.Both && entry.Base.IsDirectory && entry.Ours.IsDirectory != entry.Theirs.IsDirectory)
        {
            mask = entry.Ours.IsDirectory ? RenameMask.OursHas : RenameMask.TheirsHas;
        }

        NoteDirectory(path, entry, mask);
        if (entry.AnyFile)
        {
            NoteFiles(directory.Path, path, entry, mask);
            directory.Open[name] = new MergePath(path, entry.FilesOnly());
        }

        if (!entry.AnyDirectory)
        {
            return;
        }

        if (!_walksAll && mask != RenameMask.Both && !entry.AnyFile && OnlyChanger(entry) is { } side)
        {
            Of(side).Deferred.Add(new DeferredDirectory(directory, name, entry, mask));
            return;
        }

        directory.Below[name] = await VisitAsync(path, entry, mask, cancellationToken);
    }

    /// <summary>Gives the side that alone changed a directory, or null.</summary>
    private static MergeSide? OnlyChanger(EntryTriple entry) =>
        entry.OursIsBase ? MergeSide.Theirs : entry.TheirsIsBase ? MergeSide.Ours : null;

    private void NoteDirectory(TreePath path, EntryTriple entry, RenameMask mask)
    {
        if (!entry.Base.IsDirectory)
        {
            return;
        }

        foreach (var side in MergeSides.Both)
        {
            if (!entry.Of(side).IsDirectory)
            {
                Of(side).RemovedDirectories[path] = mask == RenameMask.Both ? DirectoryRelevance.ForAncestor : DirectoryRelevance.None;
            }
        }
    }

    private void NoteFiles(TreePath directory, TreePath path, EntryTriple entry, RenameMask mask)
    {
        var (before, ours, theirs) = (entry.Base.IsFileLike, entry.Ours.IsFileLike, entry.Theirs.IsFileLike);
        if (mask == RenameMask.Both && !before && ours != theirs)
        {
            // The side without the file is the one whose directory may have moved.
            Of(ours ? MergeSide.Theirs : MergeSide.Ours).RemovedDirectories[directory] = DirectoryRelevance.ForSelf;
        }

        foreach (var side in MergeSides.Both)
        {
            var has = entry.Of(side).IsFileLike;
            if (before && !has)
            {
                Of(side).Gone.Add(new RenameSide(path, entry.Base!));
                var otherChanged = !EntryTriple.Same(entry.Of(side.Other()), entry.Base);
                if (otherChanged || mask == RenameMask.Both)
                {
                    Of(side).Relevant[path] = otherChanged ? RenameRelevance.Content : RenameRelevance.Location;
                }
            }
            else if (!before && has)
            {
                Of(side).Added.Add(new RenameSide(path, entry.Of(side)!));
            }
        }
    }

    private static bool IsAddedBy(RenameMask mask, EntryTriple entry) =>
        !entry.Base.IsFileLike
        && entry.Ours.IsFileLike == (mask == RenameMask.OursHas)
        && entry.Theirs.IsFileLike == (mask == RenameMask.TheirsHas);

    private async ValueTask<DirectoryObject> ReadAsync(DirectoryEntry? entry, CancellationToken cancellationToken) =>
        entry is { Kind: EntryKind.Directory } ? await objects.ReadDirectoryAsync(entry.Hash, cancellationToken) : DirectoryObject.Empty;

    /// <summary>Joins three lists that are sorted by name.</summary>
    private static List<EntryTriple> AllNames(DirectoryObject before, DirectoryObject ours, DirectoryObject theirs)
    {
        var (b, o, t) = (before.Entries, ours.Entries, theirs.Entries);
        var all = new List<EntryTriple>(Math.Max(b.Length, Math.Max(o.Length, t.Length)));
        for (int i = 0, j = 0, k = 0; i < b.Length || j < o.Length || k < t.Length;)
        {
            var first = Earlier(Earlier(At(b, i), At(o, j)), At(t, k))!.Name;
            all.Add(new(Take(b, ref i, first), Take(o, ref j, first), Take(t, ref k, first)));
        }

        return all;

        static DirectoryEntry? At(ImmutableArray<DirectoryEntry> entries, int at) => at < entries.Length ? entries[at] : null;

        static DirectoryEntry? Earlier(DirectoryEntry? a, DirectoryEntry? b) => b is null || (a is not null && a.Name.CompareTo(b.Name) <= 0) ? a : b;

        static DirectoryEntry? Take(ImmutableArray<DirectoryEntry> entries, ref int at, EntryName name) =>
            at < entries.Length && entries[at].Name == name ? entries[at++] : null;
    }

    private static ImmutableArray<ContentHash> MergeSealed(TreePath at, DirectoryObject before, DirectoryObject ours, DirectoryObject theirs)
    {
        if (ours.SealedDigests.SequenceEqual(theirs.SealedDigests) || theirs.SealedDigests.SequenceEqual(before.SealedDigests))
        {
            return ours.SealedDigests;
        }

        return ours.SealedDigests.SequenceEqual(before.SealedDigests)
            ? theirs.SealedDigests
            : throw new HiddenChangesException($"Both sides changed what is hidden in '{at}'; without seeing it, it cannot be merged.");
    }
}

/// <summary>A directory cannot be merged because of what the reader may not see in it.</summary>
internal sealed class HiddenChangesException(string message) : Exception(message);
