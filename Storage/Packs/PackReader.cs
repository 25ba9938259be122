using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Objects;

namespace W0rktree.Storage.Packs;

/// <summary>Expands entries of packs along their chains of bases. Thread safe as its cache is.</summary>
internal sealed class PackReader(BaseCache cache)
{
    /// <summary>Reads an object of a pack and verifies it.</summary>
    /// <exception cref="CorruptObjectException">What stands there is not the object; names file and offset.</exception>
    /// <exception cref="ObjectDisposedException">The pack was merged into another one.</exception>
    public StoredObject Read(PackFile pack, ContentHash id, PackPlace place)
    {
        if (cache.TryGet(pack, place.Offset) is { } cached)
        {
            return Verified(pack, id, place, cached);
        }

        var entry = pack.ReadEntry(place.Offset, place.EntryBytes);
        if (entry is null || entry.Kind != place.Kind || (entry.Id is { } own && own != id))
        {
            throw Corrupt(pack, id, place, entry is null ? "its bytes do not match their checksum" : "another object stands in its place");
        }

        return Verified(pack, id, place, TryExpand(pack, place.Offset, entry) ?? throw Corrupt(pack, id, place, "it cannot be expanded"));
    }

    /// <summary>Expands an entry; null where it, or a base that it needs, is damaged. What comes out is not verified.</summary>
    public byte[]? TryExpand(PackFile pack, long offset, PackEntry entry)
    {
        List<Link> chain = [new(offset, entry)];
        byte[] content = [];
        while (chain[^1] is var (at, last) && last.Codec == ObjectCodec.ZstdDelta)
        {
            at -= last.BaseDistance;
            if (cache.TryGet(pack, at) is { } known)
            {
                content = known;
                break;
            }

            // A base is one step less deep, so a damaged chain ends too.
            if (pack.ReadEntry(at, 0) is not { } below || below.Depth != last.Depth - 1)
            {
                return null;
            }

            chain.Add(new Link(at, below));
        }

        for (var i = chain.Count - 1; i >= 0; i--)
        {
            var expanded = GC.AllocateUninitializedArray<byte>(chain[i].Entry.RawBytes);
            if (!chain[i].Entry.TryExpand(content, expanded))
            {
                return null;
            }

            content = expanded;
            if (chain.Count > 1 || chain[i].Entry.Codec == ObjectCodec.ZstdDelta)
            {
                cache.Add(pack, chain[i].Offset, content);
            }
        }

        return content;
    }

    private static StoredObject Verified(PackFile pack, ContentHash id, PackPlace place, byte[] content)
    {
        try
        {
            return ObjectCheck.Checked(place.Kind, id, content);
        }
        catch (CorruptObjectException e)
        {
            throw Corrupt(pack, id, place, e.Reason);
        }
    }

    private static CorruptObjectException Corrupt(PackFile pack, ContentHash id, PackPlace place, string reason) =>
        new(id, $"{reason} ({pack.Path} at offset {place.Offset})");

    private readonly record struct Link(long Offset, PackEntry Entry);
}
