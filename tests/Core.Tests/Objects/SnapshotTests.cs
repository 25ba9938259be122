using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.Objects;

public sealed class SnapshotTests
{
    private static readonly ContentHash Root = DirectoryObject.Empty.Id;

    [Fact]
    public void A_snapshot_comes_back_as_it_was()
    {
        var snapshot = Snapshots.Make(Root, SnapshotKind.Merge, "Grüße\n", new SnapshotId(Root), new SnapshotId(ContentHash.OfContent("p"u8)));

        var read = SnapshotCodec.Decode(snapshot.Id, SnapshotCodec.Encode(snapshot));

        Assert.Equal(snapshot, read);
        Assert.Equal("Grüße\n", read.Message.Text);
        Assert.Equal(snapshot.Parents.ToArray(), read.Parents.ToArray());
        Assert.Equal(snapshot.Time, read.Time);
    }

    [Fact]
    public void Withholding_keeps_the_id_and_hides_the_words()
    {
        var snapshot = Snapshots.Make(Root, message: "a secret plan");
        var withheld = SnapshotCodec.Encode(snapshot.Withhold());

        var read = SnapshotCodec.Decode(snapshot.Id, withheld);

        Assert.Null(read.Message.Text);
        Assert.True(read.Author.IsWithheld);
        Assert.Equal(-1, withheld.AsSpan().IndexOf("secret"u8));
        Assert.Equal(-1, withheld.AsSpan().IndexOf("ada@"u8));
    }

    [Fact]
    public void Another_salt_gives_another_digest_for_the_same_words() =>
        Assert.NotEqual(Withholdable.Open("yes", new byte[16]).Digest, Withholdable.Open("yes", [.. new byte[15], 1]).Digest);

    [Fact]
    public void Every_truncation_and_every_flipped_bit_is_refused()
    {
        var snapshot = Snapshots.Make(Root, parents: new SnapshotId(Root))
            .WithConflicts([new Conflict(TreePath.Parse("a/b").Value, ConflictKind.Content, null, new ConflictSide(EntryKind.File, 3, Root), null)]);
        var bytes = SnapshotCodec.Encode(snapshot);

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<CorruptObjectException>(() => SnapshotCodec.Decode(snapshot.Id, bytes.AsSpan(0, length)));
        }

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<CorruptObjectException>(() => SnapshotCodec.Decode(snapshot.Id, bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Conflicts_are_data_of_the_snapshot()
    {
        Conflict[] conflicts =
        [
            new(TreePath.Parse("b").Value, ConflictKind.Binary, null, new ConflictSide(EntryKind.File, 1, Root), new ConflictSide(EntryKind.Symlink, 2, Root)),
            new(TreePath.Parse("a/x").Value, ConflictKind.ModifyDelete, new ConflictSide(EntryKind.Executable, 9, Root), null, new ConflictSide(EntryKind.File, 1, Root)),
        ];
        var snapshot = Snapshots.Make(Root).WithConflicts([.. conflicts]);

        var read = SnapshotCodec.Decode(snapshot.Id, SnapshotCodec.Encode(snapshot));

        Assert.True(read.HasConflicts);
        Assert.Equal(conflicts.OrderBy(c => c.Path).ToArray(), read.Conflicts.ToArray());
        Assert.False(read.WithConflicts([]).HasConflicts);
    }

    [Fact]
    public void A_signature_covers_everything_but_itself()
    {
        var snapshot = Snapshots.Make(Root);
        var signed = snapshot.WithField(SnapshotField.Signature, [1, 2, 3]);

        Assert.Equal(SnapshotCodec.SignedBytes(snapshot), SnapshotCodec.SignedBytes(signed));
        Assert.NotEqual(snapshot.Id, signed.Id);
        Assert.NotEqual(SnapshotCodec.SignedBytes(snapshot), SnapshotCodec.SignedBytes(snapshot with { Kind = SnapshotKind.Revert }));
    }

    [Fact]
    public void A_copy_with_another_part_has_another_id()
    {
        var snapshot = Snapshots.Make(Root);

        Assert.NotEqual(snapshot.Id, (snapshot with { Kind = SnapshotKind.Auto }).Id);
    }
}
