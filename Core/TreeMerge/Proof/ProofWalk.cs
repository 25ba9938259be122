using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>What base, sides and result have at one path.</summary>
internal readonly record struct ProofPath(TreePath Path, DirectoryEntry? Base, DirectoryEntry? Ours, DirectoryEntry? Theirs, DirectoryEntry? Result);

/// <summary>Collects the paths that are not plain: where neither one side left the base alone and the result is the other, nor all agree.</summary>
internal sealed class ProofWalk(IMergeObjects objects)
{
    public Dictionary<TreePath, ProofPath> Paths { get; } = [];

    public List<MergeDefect> Defects { get; } = [];

    public async ValueTask WalkAsync(TreePath at, ContentHash? before, ContentHash? ours, ContentHash? theirs, ContentHash? result, CancellationToken cancellationToken)
    {
        if ((result == ours && theirs == before) || (result == theirs && ours == before) || (result == ours && ours == theirs))
        {
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var (b, o, t, r) = (await ReadAsync(before, cancellationToken), await ReadAsync(ours, cancellationToken), await ReadAsync(theirs, cancellationToken), await ReadAsync(result, cancellationToken));
        if (!IsSealedPlain(b, o, t, r))
        {
            Defects.Add(new MergeDefect(at, "what is hidden in this directory is neither side's"));
        }

        var names = new HashSet<EntryName>();
        foreach (var directory in (DirectoryObject[])[b, o, t, r])
        {
            names.UnionWith(directory.Entries.Select(entry => entry.Name));
        }

        foreach (var name in names)
        {
            var path = new ProofPath(at.Append(name), b.Find(name), o.Find(name), t.Find(name), r.Find(name));
            if (IsPlain(path))
            {
                continue;
            }

            if (File(path.Base) is not null || File(path.Ours) is not null || File(path.Theirs) is not null || File(path.Result) is not null)
            {
                Paths[path.Path] = new(path.Path, File(path.Base), File(path.Ours), File(path.Theirs), File(path.Result));
            }

            await WalkAsync(path.Path, Directory(path.Base), Directory(path.Ours), Directory(path.Theirs), Directory(path.Result), cancellationToken);
        }
    }

    private static bool IsPlain(ProofPath p) =>
        (Same(p.Result, p.Ours) && Same(p.Theirs, p.Base)) || (Same(p.Result, p.Theirs) && Same(p.Ours, p.Base)) || (Same(p.Result, p.Ours) && Same(p.Ours, p.Theirs));

    private static bool IsSealedPlain(DirectoryObject b, DirectoryObject o, DirectoryObject t, DirectoryObject r)
    {
        var before = b.SealedDigests.AsSpan();
        var ours = o.SealedDigests.AsSpan();
        var theirs = t.SealedDigests.AsSpan();
        var result = r.SealedDigests.AsSpan();
        return result.SequenceEqual(ours) ? theirs.SequenceEqual(before) || theirs.SequenceEqual(ours) : result.SequenceEqual(theirs) && ours.SequenceEqual(before);
    }

    public static bool Same(DirectoryEntry? a, DirectoryEntry? b) => a is null ? b is null : a.SameTarget(b);

    private static DirectoryEntry? File(DirectoryEntry? entry) => entry is { Kind: EntryKind.Directory } ? null : entry;

    private static ContentHash? Directory(DirectoryEntry? entry) => entry is { Kind: EntryKind.Directory } ? entry.Hash : null;

    private async ValueTask<DirectoryObject> ReadAsync(ContentHash? id, CancellationToken cancellationToken) =>
        id is { } known ? await objects.ReadDirectoryAsync(known, cancellationToken) : DirectoryObject.Empty;
}
