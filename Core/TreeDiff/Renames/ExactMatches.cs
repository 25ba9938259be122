using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TreeDiff;

/// <summary>Joins files of the same content. Linear but for copies of one content, of which a bounded number is looked at.</summary>
internal static class ExactMatches
{
    /// <summary>Among more files of one content it hardly matters which is taken.</summary>
    private const int MaxAlternatives = 100;

    public static void Run(RenameTable table, DirectoryMoves moves)
    {
        var byContent = new Dictionary<(ContentHash, EntryKind), List<int>>();
        for (var i = 0; i < table.Gone.Length; i++)
        {
            var key = Key(table.Gone[i].Entry);
            (byContent.TryGetValue(key, out var list) ? list : byContent[key] = []).Add(i);
        }

        for (var added = 0; added < table.Added.Length; added++)
        {
            if (byContent.TryGetValue(Key(table.Added[added].Entry), out var sources) && Best(table, sources, added) is >= 0 and var best)
            {
                sources.Remove(best);
                table.Join(best, added, Similarity.FullScore, moves);
            }
        }
    }

    /// <summary>Both modes of a file are the same for this purpose; a symlink is only ever a symlink.</summary>
    private static (ContentHash, EntryKind) Key(DirectoryEntry entry) => entry.Kind switch
    {
        { IsFile: true } => (entry.Hash, EntryKind.File),
        EntryKind.ForeignLink => (ContentHash.OfContent(entry.Field(EntryField.ForeignTarget)!.Value.AsSpan()), entry.Kind),
        var kind => (entry.Hash, kind),
    };

    private static int Best(RenameTable table, List<int> sources, int added)
    {
        foreach (var source in sources.Take(MaxAlternatives))
        {
            if (RenameTable.SameName(table.Gone[source].Path, table.Added[added].Path))
            {
                return source;
            }
        }

        return sources.Count > 0 ? sources[0] : -1;
    }
}
