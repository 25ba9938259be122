using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Objects.Encoding;
using W0rktree.Core.Paths;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.Objects;

public sealed class DirectoryTests
{
    [Fact]
    public async Task A_large_directory_comes_back_from_its_pages()
    {
        var objects = new MemoryObjects();
        var directory = DirectoryObject.Of(Entries(5000));
        var id = await objects.WriteDirectoryAsync(directory, default);

        var read = await objects.Graph.ReadDirectoryAsync(id, default);

        Assert.Equal(directory.Entries.ToArray(), read.Entries.ToArray());
    }

    [Fact]
    public void One_edit_among_100_000_entries_rewrites_at_most_three_pages()
    {
        var directory = DirectoryObject.Of(Entries(100_000));
        var edited = directory.With(Entry(777, "other"));

        var before = DirectoryCodec.Encode(directory).Pages.Select(p => p.Id).ToHashSet();
        var after = DirectoryCodec.Encode(edited).Pages;

        // Two pages change; a third when the edit makes or removes a boundary.
        Assert.InRange(after.Count(page => !before.Contains(page.Id)), 1, 3);
        Assert.InRange(after.Length, 200, 600);
    }

    [Fact]
    public void Order_of_making_does_not_matter()
    {
        var entries = Entries(2000).ToArray();
        var random = new Random(7);
        var shuffled = entries.OrderBy(_ => random.Next()).ToArray();

        Assert.Equal(DirectoryObject.Of(entries).Id, DirectoryObject.Of(shuffled).Id);
    }

    [Fact]
    public void Sealing_any_entries_keeps_the_id_at_every_size()
    {
        var random = new Random(11);
        foreach (var size in new[] { 1, 2, 63, 64, 65, 1023, 1024, 1025, 3000 })
        {
            var directory = DirectoryObject.Of(Entries(size));
            var hidden = directory.Entries.Where(_ => random.Next(3) == 0).Select(e => e.Name).ToHashSet();

            var sealedOne = directory.Seal(e => hidden.Contains(e.Name));

            Assert.Equal(directory.Id, sealedOne.Id);
            Assert.Equal(hidden.Count, sealedOne.SealedDigests.Length);
            Assert.DoesNotContain(sealedOne.Entries, e => hidden.Contains(e.Name));
        }
    }

    [Fact]
    public async Task A_reader_of_sealed_pages_verifies_the_directory()
    {
        var objects = new MemoryObjects();
        var directory = DirectoryObject.Of(Entries(2500)).Seal(e => e.Name.Bytes[^1] == (byte)'7');

        var read = await objects.Graph.ReadDirectoryAsync(await objects.WriteDirectoryAsync(directory, default), default);

        Assert.Equal(directory.SealedDigests.ToArray(), read.SealedDigests.ToArray());
        Assert.Equal(directory.Id, read.Id);
    }

    [Fact]
    public void An_entry_cannot_stand_open_and_sealed()
    {
        var entry = Entry(1, "x");

        Assert.Equal("duplicate_digest", DirectoryObject.Create([entry], [entry.Digest]).Error.Code);
    }

    [Fact]
    public void A_name_cannot_stand_twice() =>
        Assert.Equal("duplicate_name", DirectoryObject.Create([Entry(1, "x"), Entry(1, "y")], []).Error.Code);

    [Fact]
    public void A_salt_changes_the_digest_and_not_the_target()
    {
        var entry = Entry(1, "x");
        var salted = entry.Salted(new byte[16]);

        Assert.NotEqual(entry.Digest, salted.Digest);
        Assert.True(entry.SameTarget(salted));
    }

    [Fact]
    public void Every_truncation_and_every_flipped_bit_is_refused()
    {
        var directory = DirectoryObject.Of([.. Entries(3), Entry(9, "z").Salted(new byte[16])]).Seal(e => e.Name == Entry(2, "x").Name);
        var bytes = DirectoryCodec.Encode(directory).Bytes.ToArray();
        Assert.IsType<DirectoryHead.Plain>(DirectoryCodec.Decode(directory.Id, bytes));

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<CorruptObjectException>(() => DirectoryCodec.Decode(directory.Id, bytes.AsSpan(0, length)));
        }

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<CorruptObjectException>(() => DirectoryCodec.Decode(directory.Id, bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Throws<CorruptObjectException>(() => DirectoryCodec.Decode(directory.Id, [.. bytes, 0]));
    }

    [Fact]
    public void A_directory_in_one_piece_with_too_many_entries_is_refused()
    {
        // The same digests hash differently in one piece and in pages; neither form may pose as the other.
        var large = DirectoryObject.Of(Entries(DirectoryLayout.MaxPlainEntries + 1));
        var pages = DirectoryCodec.Encode(large).Pages;

        Assert.NotEmpty(pages);
        Assert.Throws<CorruptObjectException>(() => DirectoryCodec.Decode(pages[0].Id, pages[0].Bytes.Span));
        Assert.Throws<CorruptObjectException>(() => DirectoryCodec.DecodePage(large.Id, DirectoryCodec.Encode(large).Bytes.Span));
    }

    [Fact]
    public async Task Pages_in_another_order_are_refused()
    {
        var objects = new MemoryObjects();
        var directory = DirectoryObject.Of(Entries(3000));
        var encoding = DirectoryCodec.Encode(directory);
        await objects.WriteDirectoryAsync(directory, default);
        var parts = encoding.Pages.Select(p => DirectoryCodec.DecodePage(p.Id, p.Bytes.Span)).ToArray();

        Assert.Throws<CorruptObjectException>(() => DirectoryCodec.Join(directory.Id, parts[1..]));
    }

    [Theory]
    [InlineData(EntryKind.Directory, 5)]
    [InlineData(EntryKind.ForeignLink, 0)]
    [InlineData(EntryKind.NestedTree, 0)]
    [InlineData((EntryKind)7, 0)]
    [InlineData((EntryKind)0, 0)]
    public void Parts_that_do_not_fit_the_kind_are_refused(EntryKind kind, int size) =>
        Assert.Throws<ArgumentException>(() => new DirectoryEntry(Name("a"), kind, (ulong)size, ContentHash.OfContent("x"u8)));

    [Fact]
    public void Unknown_fields_are_kept_from_128_on_and_refused_below()
    {
        var hash = ContentHash.OfContent("x"u8);
        Assert.Throws<ArgumentException>(() => new DirectoryEntry(Name("a"), EntryKind.File, 1, hash, [new EntryField(100, [1])]));
        var kept = DirectoryObject.Of([new DirectoryEntry(Name("a"), EntryKind.File, 1, hash, [new EntryField(130, [1])])]);

        var read = ((DirectoryHead.Plain)DirectoryCodec.Decode(kept.Id, DirectoryCodec.Encode(kept).Bytes.Span)).Directory;

        Assert.Equal([1], read.Entries[0].Field(130)!.Value.ToArray());
    }

    private static IEnumerable<DirectoryEntry> Entries(int count) => Enumerable.Range(0, count).Select(i => Entry(i, "x"));

    private static DirectoryEntry Entry(int i, string content) =>
        new(Name($"file{i}"), EntryKind.File, 1, ContentHash.OfContent(System.Text.Encoding.UTF8.GetBytes(content + i)));

    private static EntryName Name(string name) => EntryName.Create(name).Value;
}
