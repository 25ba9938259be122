using System.Collections.Immutable;
using W0rktree.Core.Identity;

namespace W0rktree.Core.Objects.Encoding;

/// <summary>
/// Lays a directory out by digest: in one piece up to 1,024 entries, else in pages cut at content-defined boundaries, so
/// that one edit among 100,000 entries rewrites two pages and their list.
/// </summary>
internal sealed class DirectoryLayout
{
    /// <summary>More entries than this are cut into pages.</summary>
    public const int MaxPlainEntries = 1024;

    /// <summary>No page but the last is shorter.</summary>
    public const int MinPageEntries = 64;

    /// <summary>No page is longer.</summary>
    public const int MaxPageEntries = 1024;

    /// <summary>A page ends after a digest whose last eight bits are zero: 256 entries apart on average.</summary>
    public const ulong BoundaryMask = 0xFF;

    private const byte PlainMarker = 0;
    private const byte PagedMarker = 1;

    private DirectoryLayout(ContentHash id, ImmutableArray<PageLayout> pages)
    {
        Id = id;
        Pages = pages;
    }

    public ContentHash Id { get; }

    /// <summary>Gets the pages; none where the directory is stored in one piece.</summary>
    public ImmutableArray<PageLayout> Pages { get; }

    public static DirectoryLayout Of(DirectoryObject directory)
    {
        if (directory.SealedDigests.IsEmpty && directory.Entries.Length <= MaxPlainEntries && SlotOrder.TryHashPlain(directory.Entries.AsSpan(), PlainMarker, out var id))
        {
            return new DirectoryLayout(id, []);
        }

        var slots = new Slot[directory.Entries.Length + directory.SealedDigests.Length];
        var count = 0;
        foreach (var entry in directory.Entries)
        {
            slots[count++] = new Slot(entry.Digest, entry);
        }

        foreach (var digest in directory.SealedDigests)
        {
            slots[count++] = new Slot(digest, null);
        }

        slots = SlotOrder.Sorted(slots);
        return slots.Length <= MaxPlainEntries
            ? new DirectoryLayout(PlainId(slots), [])
            : Paged([.. Cut(slots)]);
    }

    /// <summary>Computes the id of a directory from what its page list says.</summary>
    public static ContentHash PagedId(IReadOnlyList<PageReference> pages)
    {
        var writer = new CanonicalWriter(1 + (pages.Count * (ContentHash.SizeBytes + 4)));
        writer.WriteByte(PagedMarker);
        foreach (var page in pages)
        {
            writer.WriteHash(page.Id);
            writer.WriteUInt32((uint)page.Count);
        }

        return HashDomain.Directory.Hash(writer.Written);
    }

    private static DirectoryLayout Paged(ImmutableArray<PageLayout> pages) =>
        new(PagedId([.. pages.Select(page => new PageReference(page.Id, page.Slots.Count))]), pages);

    private static ContentHash PlainId(ReadOnlySpan<Slot> slots)
    {
        var writer = new CanonicalWriter(1 + (slots.Length * ContentHash.SizeBytes));
        writer.WriteByte(PlainMarker);
        WriteDigests(writer, slots);
        return HashDomain.Directory.Hash(writer.Written);
    }

    private static IEnumerable<PageLayout> Cut(Slot[] slots)
    {
        var start = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            var length = i - start + 1;
            var boundary = length >= MinPageEntries && (slots[i].Digest.Tail & BoundaryMask) == 0;
            if (boundary || length == MaxPageEntries || i == slots.Length - 1)
            {
                yield return PageLayout.Of(new ArraySegment<Slot>(slots, start, length));
                start = i + 1;
            }
        }
    }

    internal static void WriteDigests(CanonicalWriter writer, ReadOnlySpan<Slot> slots)
    {
        foreach (var slot in slots)
        {
            writer.WriteHash(slot.Digest);
        }
    }
}

/// <summary>A place in a directory: a digest, and the entry where it is not sealed.</summary>
internal readonly record struct Slot(ContentHash Digest, DirectoryEntry? Entry);

/// <summary>What a page list says of one page.</summary>
internal readonly record struct PageReference(ContentHash Id, int Count);

/// <summary>One page: its slots in the order of their digests.</summary>
internal sealed class PageLayout
{
    private PageLayout(ContentHash id, ArraySegment<Slot> slots)
    {
        Id = id;
        Slots = slots;
    }

    public ContentHash Id { get; }

    public ArraySegment<Slot> Slots { get; }

    public static PageLayout Of(ArraySegment<Slot> slots)
    {
        var writer = new CanonicalWriter(slots.Count * ContentHash.SizeBytes);
        DirectoryLayout.WriteDigests(writer, slots);
        return new PageLayout(HashDomain.Page.Hash(writer.Written), slots);
    }
}
