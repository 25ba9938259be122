using W0rktree.Core.Identity;
using W0rktree.Storage.Files;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Packs;

/// <summary>The packs of an open store, the newest first. Thread safe; one operation at a time changes it.</summary>
internal sealed class PackSet(IStoreFiles files, string folder) : IDisposable
{
    private readonly BaseCache _cache = new();
    private PackFile[] _packs = [];

    public IReadOnlyList<PackFile> All => Volatile.Read(ref _packs);

    public PackReader Reader => field ??= new PackReader(_cache);

    public string Folder => folder;

    /// <summary>Keeps more of what was expanded until the answer is disposed.</summary>
    public IDisposable Enlarge() => _cache.Enlarge();

    /// <summary>The objects of all packs; one that stands in two of them counts twice.</summary>
    public long ObjectCount => All.Sum(pack => (long)pack.Index.Count);

    /// <summary>Opens every pack. What a finished merge left behind goes: packs that another one replaces, indexes without a pack.</summary>
    public void Load(List<StoreDamage> damage)
    {
        var names = files.ListFiles(folder).Order(StringComparer.Ordinal).ToArray();
        List<PackFile> opened = [];
        foreach (var name in names.Where(name => name.EndsWith(".wtp", StringComparison.Ordinal)))
        {
            if (PackFile.TryOpen(files, Path.Combine(folder, name), damage) is { } pack)
            {
                opened.Add(pack);
            }
        }

        var replaced = opened.SelectMany(pack => pack.Header.Replaces).ToHashSet();
        foreach (var pack in opened.Where(pack => replaced.Contains(pack.Name)).ToArray())
        {
            opened.Remove(pack);
            Delete(pack);
        }

        _packs = [.. opened];
        foreach (var name in names.Where(name => name.EndsWith(".wti", StringComparison.Ordinal) && files.Exists(Path.Combine(folder, name))))
        {
            if (!files.Exists(Path.Combine(folder, Path.ChangeExtension(name, ".wtp"))))
            {
                files.Delete(Path.Combine(folder, name));
            }
        }
    }

    /// <summary>Finds the pack of an object.</summary>
    public bool TryFind(ContentHash id, out PackFile? found, out PackPlace place)
    {
        while (true)
        {
            var packs = All;
            try
            {
                foreach (var pack in packs)
                {
                    if (pack.Index.TryFind(id, out place))
                    {
                        found = pack;
                        return true;
                    }
                }

                (found, place) = (null, default);
                return false;
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(packs, All))
            {
                // Merged meanwhile: the set is another one now.
            }
        }
    }

    /// <summary>Puts a pack in the place of others, for readers in one step, and removes those.</summary>
    public void Replace(IReadOnlyCollection<PackFile> old, PackFile? merged)
    {
        Volatile.Write(ref _packs, [.. merged is null ? [] : new[] { merged }, .. _packs.Where(pack => !old.Contains(pack))]);
        foreach (var pack in old)
        {
            Delete(pack);
        }

        if (old.Count > 0)
        {
            files.SyncFolder(folder);
        }
    }

    /// <summary>Makes the index of a good pack anew from its content. Within a step of the commit loop.</summary>
    public void Reindex(PackFile pack)
    {
        files.Delete(PackIndex.PathOf(pack.Path));
        if (PackFile.TryOpen(files, pack.Path, []) is { } again)
        {
            Volatile.Write(ref _packs, [.. _packs.Select(other => other == pack ? again : other)]);
            pack.Dispose();
            _cache.Forget(pack);
        }
    }

    public void Dispose()
    {
        foreach (var pack in _packs)
        {
            pack.Dispose();
        }
    }

    // The pack before its index: an index alone is nothing, a pack alone would have its index made again.
    private void Delete(PackFile pack)
    {
        var path = pack.Path;
        pack.Dispose();
        _cache.Forget(pack);
        files.Delete(path);
        if (files.Exists(PackIndex.PathOf(path)))
        {
            files.Delete(PackIndex.PathOf(path));
        }
    }
}
