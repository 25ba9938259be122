using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Merges two trees against their common base, directory by directory. Costs only what both sides changed: a subtree that
/// one side left alone is taken from the other by its id, unread.
/// </summary>
/// <remarks>
/// What a conflict leaves in the tree: text with markers for content; the changed version where the other side deleted;
/// our version for everything that has no lines, while the record names all three. A file that must make way for a
/// directory moves beside it, under its name, <c>~</c> and its side's label. Nothing that either side has is dropped.
/// </remarks>
public sealed class TreeMerger(ObjectGraph objects, IObjectWriter writer, IContentSource contents, MergeLabels labels)
{
    private readonly List<Conflict> _conflicts = [];
    private readonly ContentMerge _content = new(contents, writer, labels);

    /// <summary>Merges two roots. A null base stands for histories that have nothing in common. Use an instance once.</summary>
    public async ValueTask<Result<TreeMergeOutcome>> MergeAsync(ContentHash? baseRoot, ContentHash ours, ContentHash theirs, CancellationToken cancellationToken)
    {
        try
        {
            var root = await MergeDirectoriesAsync(TreePath.Root, baseRoot, ours, theirs, cancellationToken) ?? await WriteEmptyAsync(cancellationToken);
            _conflicts.Sort(static (a, b) => a.Path.CompareTo(b.Path) is var order and not 0 ? order : a.Kind.CompareTo(b.Kind));
            return _conflicts.Count == 0
                ? new TreeMergeOutcome.Clean(root)
                : new TreeMergeOutcome.Conflicted(root, [.. _conflicts]);
        }
        catch (HiddenChangesException e)
        {
            return new Error("hidden_changes", e.Message, "Ask somebody who may read the whole directory to merge, or merge on the server.");
        }
    }

    /// <summary>Merges three directories; gives null where the result is empty, since a directory exists only by what it holds.</summary>
    private async ValueTask<ContentHash?> MergeDirectoriesAsync(TreePath at, ContentHash? baseId, ContentHash? ourId, ContentHash? theirId, CancellationToken cancellationToken)
    {
        if (ourId == theirId || theirId == baseId)
        {
            return ourId;
        }

        if (ourId == baseId)
        {
            return theirId;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var before = await ReadAsync(baseId, cancellationToken);
        var ours = await ReadAsync(ourId, cancellationToken);
        var theirs = await ReadAsync(theirId, cancellationToken);
        var merged = new Dictionary<EntryName, DirectoryEntry>();
        var displaced = new List<DirectoryEntry>();
        foreach (var name in AllNames(before, ours, theirs))
        {
            var triple = new EntryTriple(at.Append(name), before.Find(name), ours.Find(name), theirs.Find(name));
            var result = await MergeEntryAsync(triple, displaced, cancellationToken);
            if (result is not null)
            {
                merged.Add(name, result);
            }
        }

        foreach (var entry in displaced)
        {
            var free = DisplacedNames.FindFree(entry.Name, name => merged.ContainsKey(name));
            merged.Add(free, entry.Renamed(free));
        }

        var hidden = MergeSealed(at, before, ours, theirs);
        if (merged.Count == 0 && hidden.IsEmpty)
        {
            return null;
        }

        var directory = DirectoryObject.Create(merged.Values, hidden);
        return directory.IsOk
            ? await writer.WriteDirectoryAsync(directory.Value, cancellationToken)
            : throw new HiddenChangesException($"Directory '{at}' cannot be merged: {directory.Error.Message}");
    }

    private async ValueTask<DirectoryEntry?> MergeEntryAsync(EntryTriple entry, List<DirectoryEntry> displaced, CancellationToken cancellationToken)
    {
        var (_, before, ours, theirs) = entry;
        if (Same(ours, theirs) || Same(theirs, before))
        {
            return ours;
        }

        if (Same(ours, before))
        {
            return theirs;
        }

        var ourDirectory = DirectoryOf(ours);
        var theirDirectory = DirectoryOf(theirs);
        if (ourDirectory is not null || theirDirectory is not null)
        {
            return await MergeWithDirectoryAsync(entry, ourDirectory, theirDirectory, displaced, cancellationToken);
        }

        if (ours is null || theirs is null)
        {
            Report(entry, ConflictKind.ModifyDelete);
            return ours ?? theirs;
        }

        if (ours.Kind.IsFile && theirs.Kind.IsFile)
        {
            var outcome = await _content.MergeAsync(before is { Kind.IsFile: true } ? before : null, ours, theirs, cancellationToken);
            foreach (var kind in outcome.Conflicts)
            {
                Report(entry, kind);
            }

            return outcome.Entry;
        }

        Report(entry, ours.Kind != theirs.Kind ? ConflictKind.Mode : before is null ? ConflictKind.AddAdd : ConflictKind.Content);
        return ours;
    }

    /// <summary>At least one side has a directory. The directories merge with each other; a file that stands in their way moves aside.</summary>
    private async ValueTask<DirectoryEntry?> MergeWithDirectoryAsync(
        EntryTriple entry, ContentHash? ourDirectory, ContentHash? theirDirectory, List<DirectoryEntry> displaced, CancellationToken cancellationToken)
    {
        var merged = await MergeDirectoriesAsync(entry.Path, DirectoryOf(entry.Base), ourDirectory, theirDirectory, cancellationToken);
        var ourFile = ourDirectory is null ? entry.Ours : null;
        var theirFile = theirDirectory is null ? entry.Theirs : null;
        if ((ourFile ?? theirFile) is not { } file)
        {
            return merged is { } id ? DirectoryEntryOf(entry, id) : null;
        }

        if (merged is not { } directory)
        {
            // The directory came out empty: its content was deleted on one side and untouched on the other.
            return file;
        }

        if (Same(file, entry.Base))
        {
            // One side put a directory where an untouched file was: that is a plain change.
            return DirectoryEntryOf(entry, directory);
        }

        Report(entry, ConflictKind.DirectoryFile);
        displaced.Add(file.Renamed(DisplacedNames.For(file.Name, ourFile is not null ? labels.Ours : labels.Theirs)));
        return DirectoryEntryOf(entry, directory);
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

    private static DirectoryEntry DirectoryEntryOf(EntryTriple entry, ContentHash id)
    {
        var like = new[] { entry.Ours, entry.Theirs, entry.Base }.First(side => side is { Kind: EntryKind.Directory })!;
        return new DirectoryEntry(like.Name, EntryKind.Directory, 0, id, like.Fields);
    }

    private static ContentHash? DirectoryOf(DirectoryEntry? entry) => entry is { Kind: EntryKind.Directory } ? entry.Hash : null;

    private static bool Same(DirectoryEntry? a, DirectoryEntry? b) => a is null ? b is null : a.SameTarget(b);

    private static SortedSet<EntryName> AllNames(params ReadOnlySpan<DirectoryObject> directories)
    {
        var names = new SortedSet<EntryName>();
        foreach (var directory in directories)
        {
            foreach (var entry in directory.Entries)
            {
                names.Add(entry.Name);
            }
        }

        return names;
    }

    private async ValueTask<DirectoryObject> ReadAsync(ContentHash? id, CancellationToken cancellationToken) =>
        id is { } known ? await objects.ReadDirectoryAsync(known, cancellationToken) : DirectoryObject.Empty;

    private async ValueTask<ContentHash> WriteEmptyAsync(CancellationToken cancellationToken) =>
        await writer.WriteDirectoryAsync(DirectoryObject.Empty, cancellationToken);

    private void Report(EntryTriple entry, ConflictKind kind) =>
        _conflicts.Add(new Conflict(entry.Path, kind, SideOf(entry.Base), SideOf(entry.Ours), SideOf(entry.Theirs)));

    private static ConflictSide? SideOf(DirectoryEntry? entry) => entry is null ? null : new ConflictSide(entry.Kind, entry.SizeBytes, entry.Hash);

    private readonly record struct EntryTriple(TreePath Path, DirectoryEntry? Base, DirectoryEntry? Ours, DirectoryEntry? Theirs);

    private sealed class HiddenChangesException(string message) : Exception(message);
}
