using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Packs;

/// <summary>
/// Guesses what a file without an older version resembles: the last one of its name, which finds moved and copied files, its
/// neighbour of the same extension, and the last one of its extension anywhere.
/// </summary>
internal sealed class SimilarFiles
{
    private readonly Dictionary<string, ContentHash> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContentHash> _byExtension = new(StringComparer.Ordinal);
    private readonly Dictionary<Neighbours, ContentHash> _inFolder = [];
    private readonly Dictionary<ContentHash, IReadOnlyList<ContentHash>> _guesses = [];

    public IReadOnlyList<ContentHash> Of(ContentHash id) => _guesses.GetValueOrDefault(id, []);

    /// <summary>Guesses for a file, before it is seen itself.</summary>
    public void Guess(ContentHash folder, DirectoryEntry entry)
    {
        var name = entry.Name.ToString();
        List<ContentHash> found = [];
        Add(_byName, name);
        Add(_inFolder, new Neighbours(folder, Path.GetExtension(name)));
        Add(_byExtension, Path.GetExtension(name));
        _guesses[entry.Hash] = found;

        void Add<TKey>(Dictionary<TKey, ContentHash> last, TKey key)
            where TKey : notnull
        {
            if (last.TryGetValue(key, out var id) && id != entry.Hash && !found.Contains(id))
            {
                found.Add(id);
            }
        }
    }

    /// <summary>Remembers a file; only what goes into the same pack can be a base.</summary>
    public void Saw(ContentHash folder, DirectoryEntry entry, bool isPacked)
    {
        if (isPacked)
        {
            var name = entry.Name.ToString();
            _byName[name] = _byExtension[Path.GetExtension(name)] = _inFolder[new Neighbours(folder, Path.GetExtension(name))] = entry.Hash;
        }
    }

    private readonly record struct Neighbours(ContentHash Folder, string Extension);
}
