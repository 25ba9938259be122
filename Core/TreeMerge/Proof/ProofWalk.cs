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

        foreach (var path in NotPlain(at, b, o, t, r))
        {
            if (File(path.Base) is not null || File(path.Ours) is not null || File(path.Theirs) is not null || File(path.Result) is not null)
            {
                Paths[path.Path] = new(path.Path, File(path.Base), File(path.Ours), File(path.Theirs), File(path.Result));
            }

            await WalkAsync(path.Path, Directory(path.Base), Directory(path.Ours), Directory(path.Theirs), Directory(path.Result), cancellationToken);
        }
    }

    /// <summary>Goes through the four lists in the order of their names. Most names are plain, and cost one step in each list.</summary>
    private static List<ProofPath> NotPlain(TreePath at, DirectoryObject before, DirectoryObject ours, DirectoryObject theirs, DirectoryObject result)
    {
        var found = new List<ProofPath>();
        var b = before.Entries.AsSpan();
        var o = ours.Entries.AsSpan();
        var t = theirs.Entries.AsSpan();
        var r = result.Entries.AsSpan();
        while (!b.IsEmpty || !o.IsEmpty || !t.IsEmpty || !r.IsEmpty)
        {
            DirectoryEntry? first = null;
            First(b, ref first);
            First(o, ref first);
            First(t, ref first);
            First(r, ref first);
            var name = first!.Name;
            var (inBase, inOurs, inTheirs, inResult) = (Take(ref b, name), Take(ref o, name), Take(ref t, name), Take(ref r, name));
            if (!IsPlain(inBase, inOurs, inTheirs, inResult))
            {
                found.Add(new ProofPath(at.Append(name), inBase, inOurs, inTheirs, inResult));
            }
        }

        return found;
    }

    private static void First(ReadOnlySpan<DirectoryEntry> entries, ref DirectoryEntry? first)
    {
        if (!entries.IsEmpty && (first is null || entries[0].Name.CompareTo(first.Name) < 0))
        {
            first = entries[0];
        }
    }

    private static DirectoryEntry? Take(ref ReadOnlySpan<DirectoryEntry> entries, EntryName name)
    {
        if (entries.IsEmpty || entries[0].Name != name)
        {
            return null;
        }

        var taken = entries[0];
        entries = entries[1..];
        return taken;
    }

    private static bool IsPlain(DirectoryEntry? before, DirectoryEntry? ours, DirectoryEntry? theirs, DirectoryEntry? result) =>
        (Same(result, ours) && Same(theirs, before)) || (Same(result, theirs) && Same(ours, before)) || (Same(result, ours) && Same(ours, theirs));

    private static bool IsSealedPlain(DirectoryObject b, DirectoryObject o, DirectoryObject t, DirectoryObject r)
    {
        var before = b.SealedDigests.AsSpan();
        var ours = o.SealedDigests.AsSpan();
        var theirs = t.SealedDigests.AsSpan();
        var result = r.SealedDigests.AsSpan();
        return result.SequenceEqual(ours) ? theirs.SequenceEqual(before) || theirs.SequenceEqual(ours) : result.SequenceEqual(theirs) && ours.SequenceEqual(before);
    }

    public static bool Same(DirectoryEntry? a, DirectoryEntry? b) => ReferenceEquals(a, b) || (a is not null && a.SameTarget(b));

    private static DirectoryEntry? File(DirectoryEntry? entry) => entry is { Kind: EntryKind.Directory } ? null : entry;

    private static ContentHash? Directory(DirectoryEntry? entry) => entry is { Kind: EntryKind.Directory } ? entry.Hash : null;

    private async ValueTask<DirectoryObject> ReadAsync(ContentHash? id, CancellationToken cancellationToken) =>
        id is { } known ? await objects.ReadDirectoryAsync(known, cancellationToken) : DirectoryObject.Empty;
}
