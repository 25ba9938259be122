using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>Changes single paths of a tree that is stored, and writes the directories above them.</summary>
public sealed class TreeEdit(IMergeObjects objects)
{
    /// <summary>Gives the root with an entry put at a path, or with nothing there where the entry is null. A directory that becomes empty goes.</summary>
    public async ValueTask<ContentHash> SetAsync(ContentHash root, TreePath path, DirectoryEntry? entry, CancellationToken cancellationToken) =>
        await SetAsync(root, path.Names(), 0, entry, cancellationToken) ?? await objects.WriteDirectoryAsync(DirectoryObject.Empty, cancellationToken);

    private async ValueTask<ContentHash?> SetAsync(ContentHash? id, IReadOnlyList<EntryName> names, int depth, DirectoryEntry? entry, CancellationToken cancellationToken)
    {
        var directory = id is { } known ? await objects.ReadDirectoryAsync(known, cancellationToken) : DirectoryObject.Empty;
        var name = names[depth];
        var now = entry?.Renamed(name);
        if (depth < names.Count - 1)
        {
            var old = directory.Find(name);
            var below = await SetAsync(old.IsDirectory ? old!.Hash : null, names, depth + 1, entry, cancellationToken);
            now = below is { } child ? new DirectoryEntry(name, EntryKind.Directory, 0, child, old.IsDirectory ? old!.Fields : []) : null;
        }

        directory = now is null ? directory.Without(name) : directory.With(now);
        return directory.Entries.IsEmpty && !directory.HasSealed ? null : await objects.WriteDirectoryAsync(directory, cancellationToken);
    }
}
