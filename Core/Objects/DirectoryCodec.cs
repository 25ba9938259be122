using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects.Encoding;

namespace W0rktree.Core.Objects;

/// <summary>Carries the objects that one directory is stored as.</summary>
/// <param name="Id">The directory's id.</param>
/// <param name="Bytes">The directory object: its entries, or the list of its pages.</param>
/// <param name="Pages">The pages; none where the directory has at most 1,024 entries.</param>
public sealed record DirectoryEncoding(ContentHash Id, ReadOnlyMemory<byte> Bytes, ImmutableArray<EncodedPage> Pages);

/// <summary>Carries one page of a large directory.</summary>
public sealed record EncodedPage(ContentHash Id, ReadOnlyMemory<byte> Bytes);

/// <summary>Gives the decoded head of a directory object: either all of it, or the pages that are still to be read.</summary>
public abstract record DirectoryHead
{
    private DirectoryHead()
    {
    }

    /// <summary>The whole directory.</summary>
    public sealed record Plain(DirectoryObject Directory) : DirectoryHead;

    /// <summary>The ids of the pages, in the order of their digests.</summary>
    public sealed record Paged(ImmutableArray<ContentHash> Pages) : DirectoryHead;
}

/// <summary>Encodes and decodes directories (docs/format/directory.md). Decoding verifies the id and refuses what is not canonical.</summary>
public static class DirectoryCodec
{
    // What is written is copied out at its length; the room for writing is used again.
    [ThreadStatic]
    private static CanonicalWriter? t_writer;

    private const byte Version = 1;
    private const byte PlainForm = (byte)'D';
    private const byte PagedForm = (byte)'L';
    private const byte PageForm = (byte)'P';

    /// <summary>Encodes a directory as one object, or as a page list and its pages.</summary>
    public static DirectoryEncoding Encode(DirectoryObject directory)
    {
        var layout = directory.Layout;
        if (layout.Pages.IsEmpty)
        {
            return new DirectoryEncoding(layout.Id, EncodePart(PlainForm, directory.Entries, directory.SealedDigests), []);
        }

        var writer = new CanonicalWriter(16 + (layout.Pages.Length * 34));
        writer.WriteByte(PagedForm);
        writer.WriteByte(Version);
        writer.WriteVarint(layout.Pages.Length);
        foreach (var page in layout.Pages)
        {
            writer.WriteHash(page.Id);
            writer.WriteVarint(page.Slots.Count);
        }

        return new DirectoryEncoding(layout.Id, writer.ToArray(), [.. layout.Pages.Select(EncodePage)]);
    }

    /// <summary>Decodes a directory object.</summary>
    /// <exception cref="CorruptObjectException">The bytes are not canonical or do not hash to the id.</exception>
    public static DirectoryHead Decode(ContentHash id, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes is [PagedForm, ..] ? DecodeList(id, bytes) : DecodePlain(id, bytes);
        }
        catch (NonCanonicalException e)
        {
            throw new CorruptObjectException(id, e.Message, e);
        }
    }

    /// <summary>Decodes a directory object whose bytes were held against the id before, as <see cref="IVerifiedObjectReader"/> does.</summary>
    /// <exception cref="CorruptObjectException">The bytes are not canonical.</exception>
    public static DirectoryHead DecodeVerified(ContentHash id, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes is [PagedForm, ..] ? new DirectoryHead.Paged([.. ReadList(bytes).Select(page => page.Id)]) : new DirectoryHead.Plain(DecodePart(PlainForm, bytes));
        }
        catch (NonCanonicalException e)
        {
            throw new CorruptObjectException(id, e.Message, e);
        }
    }

    /// <summary>Decodes one page whose bytes were held against the id before.</summary>
    /// <exception cref="CorruptObjectException">The bytes are not canonical.</exception>
    public static DirectoryObject DecodeVerifiedPage(ContentHash id, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return DecodePart(PageForm, bytes);
        }
        catch (NonCanonicalException e)
        {
            throw new CorruptObjectException(id, e.Message, e);
        }
    }

    /// <summary>Decodes one page.</summary>
    /// <exception cref="CorruptObjectException">The bytes are not canonical or do not hash to the id.</exception>
    public static DirectoryObject DecodePage(ContentHash id, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var part = DecodePart(PageForm, bytes);
            return PageId(part) == id ? part : throw new CorruptObjectException(id, "the page's content does not hash to its id");
        }
        catch (NonCanonicalException e)
        {
            throw new CorruptObjectException(id, e.Message, e);
        }
    }

    /// <summary>Computes the id of an encoded directory or page; null where the bytes are not canonical. For stores that lost their index.</summary>
    public static ContentHash? TryIdOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes switch
            {
                [PagedForm, ..] => DirectoryLayout.PagedId(ReadList(bytes)),
                [PageForm, ..] => PageId(DecodePart(PageForm, bytes)),
                _ => DecodePart(PlainForm, bytes).Id,
            };
        }
        catch (NonCanonicalException)
        {
            return null;
        }
    }

    /// <summary>Puts pages together and verifies the whole, so that no list can be cut anywhere but where the format says.</summary>
    /// <exception cref="CorruptObjectException">The pages together are not the directory.</exception>
    public static DirectoryObject Join(ContentHash id, IEnumerable<DirectoryObject> pages)
    {
        var parts = pages.ToArray();
        var whole = DirectoryObject.Create(parts.SelectMany(p => p.Entries), parts.SelectMany(p => p.SealedDigests));
        if (!whole.IsOk)
        {
            throw new CorruptObjectException(id, whole.Error.Message);
        }

        return whole.Value.Id == id ? whole.Value : throw new CorruptObjectException(id, "its pages do not hash to its id");
    }

    private static ContentHash PageId(DirectoryObject part)
    {
        Slot[] slots = [.. part.Entries.Select(e => new Slot(e.Digest, e)), .. part.SealedDigests.Select(d => new Slot(d, null))];
        return PageLayout.Of(SlotOrder.Sorted(slots)).Id;
    }

    private static DirectoryHead DecodePlain(ContentHash id, ReadOnlySpan<byte> bytes)
    {
        var directory = DecodePart(PlainForm, bytes);
        if (directory.Entries.Length + directory.SealedDigests.Length > DirectoryLayout.MaxPlainEntries)
        {
            throw new NonCanonicalException("it is stored in one piece but has more than 1,024 entries");
        }

        return directory.Id == id ? new DirectoryHead.Plain(directory) : throw new CorruptObjectException(id, "the directory's content does not hash to its id");
    }

    private static DirectoryHead DecodeList(ContentHash id, ReadOnlySpan<byte> bytes)
    {
        var pages = ReadList(bytes);
        return DirectoryLayout.PagedId(pages) == id
            ? new DirectoryHead.Paged([.. pages.Select(page => page.Id)])
            : throw new CorruptObjectException(id, "the list of pages does not hash to its id");
    }

    private static List<PageReference> ReadList(ReadOnlySpan<byte> bytes)
    {
        var reader = new CanonicalReader(bytes);
        _ = reader.ReadByte();
        RequireVersion(ref reader);
        var count = reader.ReadCount(DirectoryObject.MaxEntries / DirectoryLayout.MinPageEntries, "the number of pages");
        var pages = new List<PageReference>(Math.Min(count, reader.Remaining / ContentHash.SizeBytes));
        var total = 0;
        for (var i = 0; i < count; i++)
        {
            var page = new PageReference(reader.ReadHash(), reader.ReadCount(DirectoryLayout.MaxPageEntries, "the number of entries of a page"));
            if (page.Count == 0 || (page.Count < DirectoryLayout.MinPageEntries && i != count - 1))
            {
                throw new NonCanonicalException("a page is too short");
            }

            total += page.Count;
            pages.Add(page);
        }

        reader.RequireEnd();
        return total is <= DirectoryLayout.MaxPlainEntries or > DirectoryObject.MaxEntries
            ? throw new NonCanonicalException($"a list of pages with {total} entries")
            : pages;
    }

    private static EncodedPage EncodePage(PageLayout page)
    {
        var entries = page.Slots.Where(slot => slot.Entry is not null).Select(slot => slot.Entry!).ToArray();
        Array.Sort(entries, static (a, b) => a.Name.CompareTo(b.Name));
        var hidden = page.Slots.Where(slot => slot.Entry is null).Select(slot => slot.Digest);
        return new EncodedPage(page.Id, EncodePart(PageForm, [.. entries], [.. hidden]));
    }

    private static byte[] EncodePart(byte form, ImmutableArray<DirectoryEntry> entries, ImmutableArray<ContentHash> hidden)
    {
        var writer = t_writer ??= new CanonicalWriter(1 << 16);
        writer.Clear();
        writer.WriteByte(form);
        writer.WriteByte(Version);
        writer.WriteVarint(entries.Length);
        foreach (var entry in entries)
        {
            EntryEncoding.Write(writer, entry);
        }

        writer.WriteVarint(hidden.Length);
        foreach (var digest in hidden)
        {
            writer.WriteHash(digest);
        }

        return writer.ToArray();
    }

    private static DirectoryObject DecodePart(byte form, ReadOnlySpan<byte> bytes)
    {
        var reader = new CanonicalReader(bytes);
        if (reader.ReadByte() != form)
        {
            throw new NonCanonicalException("its first byte is not that of its kind");
        }

        RequireVersion(ref reader);
        var count = reader.ReadCount(DirectoryLayout.MaxPageEntries, "the number of entries");
        var entries = ImmutableArray.CreateBuilder<DirectoryEntry>(Math.Min(count, reader.Remaining));
        for (var i = 0; i < count; i++)
        {
            var entry = EntryEncoding.Read(ref reader);
            if (i > 0 && entries[i - 1].Name.CompareTo(entry.Name) >= 0)
            {
                throw new NonCanonicalException($"the name '{entry.Name}' is out of order or stands twice");
            }

            entries.Add(entry);
        }

        var hidden = ImmutableArray.CreateBuilder<ContentHash>();
        var hiddenCount = reader.ReadCount(DirectoryLayout.MaxPageEntries, "the number of sealed entries");
        for (var i = 0; i < hiddenCount; i++)
        {
            var digest = reader.ReadHash();
            if (i > 0 && hidden[i - 1].CompareTo(digest) >= 0)
            {
                throw new NonCanonicalException("the sealed entries are out of order or stand twice");
            }

            hidden.Add(digest);
        }

        reader.RequireEnd();
        return hidden.Count == 0
            ? DirectoryObject.Trusted(entries.DrainToImmutable(), [])
            : DirectoryObject.Create(entries, hidden).Match(ok => ok, error => throw new NonCanonicalException(error.Message));
    }

    private static void RequireVersion(ref CanonicalReader reader)
    {
        var version = reader.ReadByte();
        if (version != Version)
        {
            throw new NonCanonicalException($"version {version} is newer than this program reads");
        }
    }
}
