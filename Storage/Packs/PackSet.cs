using System.Collections.Concurrent;
using W0rktree.Storage.Files;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Packs;

/// <summary>The packs of an open store. Thread safe.</summary>
internal sealed class PackSet(IStoreFiles files, string folder, ObjectIndex index) : IDisposable
{
    private readonly ConcurrentDictionary<uint, PackFile> _packs = new();
    private uint _next;

    public IEnumerable<PackFile> All => _packs.Values;

    public string Folder => folder;

    /// <summary>Opens every pack and enters its objects; an index without its pack is a leftover and goes.</summary>
    public void Load(List<StoreDamage> damage)
    {
        var names = files.ListFiles(folder).Order(StringComparer.Ordinal).ToArray();
        foreach (var name in names.Where(name => name.EndsWith(".wtp", StringComparison.Ordinal)))
        {
            var path = Path.Combine(folder, name);
            if (PackFile.TryOpen(files, path) is { } pack)
            {
                Add(pack);
            }
            else
            {
                damage.Add(new StoreDamage("A pack is not readable.", path, 0));
            }
        }

        foreach (var name in names.Where(name => name.EndsWith(".wti", StringComparison.Ordinal)))
        {
            if (!files.Exists(Path.Combine(folder, Path.ChangeExtension(name, ".wtp"))))
            {
                files.Delete(Path.Combine(folder, name));
            }
        }
    }

    /// <summary>Makes a pack's objects come from it.</summary>
    public void Add(PackFile pack)
    {
        var source = SourceId.Pack(++_next);
        _packs[source.Value] = pack;
        foreach (var entry in pack.Entries)
        {
            index.Add(entry.Id, new ObjectLocation(source, entry.Offset, entry.PayloadBytes, entry.Kind), replace: true);
        }
    }

    public PackFile? Find(SourceId source) => _packs.GetValueOrDefault(source.Value);

    public void Dispose()
    {
        foreach (var pack in _packs.Values)
        {
            pack.Dispose();
        }
    }
}
