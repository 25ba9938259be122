using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>Makes a directory of the result one to which something can be added, where it was settled or is not there yet.</summary>
internal sealed class DirectoryOpener(MergeWalk walk, IMergeObjects objects)
{
    public async ValueTask<MergeDirectory> OpenAsync(TreePath path, CancellationToken cancellationToken)
    {
        if (walk.Directories.TryGetValue(path, out var known))
        {
            return known;
        }

        var parent = await OpenAsync(path.Parent, cancellationToken);
        var settled = parent.Settled.Remove(path.Name);
        var directory = new MergeDirectory(path, settled.IsDirectory ? new(settled, settled, settled) : default);
        if (settled.IsDirectory)
        {
            var content = await objects.ReadDirectoryAsync(settled!.Hash, cancellationToken);
            directory.Sealed = content.SealedDigests;
            foreach (var entry in content.Entries)
            {
                directory.Settled.Set(entry);
            }
        }
        else if (settled is not null)
        {
            // A file stands where the directory goes: whether it gives way is decided with everything else.
            parent.Open[path.Name] = new MergePath(path, new(settled, settled, settled));
        }

        parent.Below[path.Name] = directory;
        walk.Directories.Add(path, directory);
        return directory;
    }
}
