using System.Text;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.Storage;
using W0rktree.Storage.Collection;

namespace W0rktree.LocalAgent.StoreKeeping;

/// <summary>
/// Lists what keeps the objects of a tree's store: the references, the reflog as far back as it is kept, and every id that a row of
/// another table names, so that a new table needs no new rule here.
/// </summary>
internal sealed class StoreRoots(ObjectStore store, TimeProvider time, TimeSpan reflogRetention)
{
    private const int IdDigits = ContentHash.SizeBytes * 2;

    /// <summary>Gives the roots as they are committed now; the error of one that cannot be read.</summary>
    public Result<IReadOnlyList<GarbageRoot>> List()
    {
        List<GarbageRoot> roots = [];
        foreach (var (name, value) in store.Scan(StoreRefs.Table, ""))
        {
            if (!ContentHash.TryParse(Encoding.ASCII.GetString(value.Span), out var id))
            {
                return new Error("gc_root_unreadable", $"The reference '{name}' does not hold an id.", "'wt reflog' shows where it stood before.");
            }

            roots.Add(new GarbageRoot(name, GarbageRootKind.Reference, id));
        }

        try
        {
            AddReflog(roots);
        }
        catch (InvalidDataException e)
        {
            return new Error("gc_root_unreadable", $"The reflog cannot be read to its end: {e.Message}", "'wt doctor' says what is damaged.");
        }

        AddRows(roots);
        return roots;
    }

    private void AddReflog(List<GarbageRoot> roots)
    {
        var limit = (time.GetUtcNow() - reflogRetention).ToUnixTimeMilliseconds();
        HashSet<ContentHash> seen = [];
        foreach (var entry in store.Reflog.NewestFirst())
        {
            // Clocks go back at times, so an older time does not end the walk.
            foreach (var id in entry.Time.UnixMilliseconds < limit ? [] : entry.Changes.SelectMany(change => new[] { change.Before, change.After }).OfType<ContentHash>())
            {
                if (seen.Add(id))
                {
                    roots.Add(new GarbageRoot($"entry {entry.Sequence} of the reflog", GarbageRootKind.Reflog, id));
                }
            }
        }
    }

    // Ids of the server's that are not here are no concern of this store.
    private void AddRows(List<GarbageRoot> roots)
    {
        foreach (var table in store.TableNames.Where(table => table is not (StoreRefs.Table or StoreRefs.SummariesTable)))
        {
            foreach (var (key, value) in store.Scan(table, ""))
            {
                roots.AddRange(IdsIn($"{key} {Encoding.UTF8.GetString(value.Span)}").Where(store.Holds)
                    .Select(id => new GarbageRoot($"{table} {key}", GarbageRootKind.Queue, id)));
            }
        }
    }

    private static IEnumerable<ContentHash> IdsIn(string text)
    {
        for (int start = 0, at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && char.IsAsciiHexDigitLower(text[at]))
            {
                continue;
            }

            if (at - start == IdDigits && ContentHash.TryParse(text[start..at], out var id))
            {
                yield return id;
            }

            start = at + 1;
        }
    }
}
