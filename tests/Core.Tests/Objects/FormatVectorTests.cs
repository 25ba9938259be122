using System.Text.Json;
using System.Text.Json.Nodes;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Objects.Encoding;
using W0rktree.Core.Paths;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.Objects;

/// <summary>
/// Holds the encodings to docs/format/vectors.json, which docs/format/verify_vectors.py recomputes from the documentation
/// alone. A change here is a change of the format.
/// </summary>
public sealed class FormatVectorTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Every_encoding_is_the_published_one()
    {
        // The vectors of packs beside these are the store's to hold.
        var vectors = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "format", "vectors.json")))!.AsObject();
        vectors["contents"] = Contents();
        vectors["entries"] = new JsonArray([.. SampleEntries().Select(e => (JsonNode)Describe(e))]);
        vectors["directories"] = Directories();
        vectors["edit_beside_sealed"] = EditBesideSealed();
        vectors["snapshots"] = SnapshotVectors();
        vectors["history_index"] = HistoryIndexVector.Make();
        vectors["audit"] = AuditVectors.Make();
        var actual = vectors.ToJsonString(Indented) + "\n";

        Assert.Equal(Golden.Expect("docs/format/vectors.json", actual), actual);
    }

    private static JsonArray Contents()
    {
        var result = new JsonArray();
        foreach (var length in new[] { 0, 1, 1023, 1024, 1025, 65_536 })
        {
            var bytes = new byte[length];
            for (var i = 0; i < length; i++)
            {
                bytes[i] = (byte)(i % 251);
            }

            result.Add(new JsonObject { ["length"] = length, ["pattern"] = "byte i is i mod 251", ["id"] = ContentHash.OfContent(bytes).ToString() });
        }

        return result;
    }

    private static IEnumerable<DirectoryEntry> SampleEntries()
    {
        var hash = ContentHash.OfContent("hello\n"u8);
        yield return new DirectoryEntry(Name("hello.txt"), EntryKind.File, 6, hash);
        yield return new DirectoryEntry(Name("run.sh"), EntryKind.Executable, 6, hash);
        yield return new DirectoryEntry(Name("link"), EntryKind.Symlink, 9, ContentHash.OfContent("hello.txt"u8));
        yield return new DirectoryEntry(Name("src"), EntryKind.Directory, 0, DirectoryObject.Empty.Id);
        yield return new DirectoryEntry(Name("lib"), EntryKind.NestedTree, 0, hash, [new EntryField(EntryField.NestedTree, [.. Enumerable.Range(1, 16).Select(i => (byte)i)])]);
        yield return new DirectoryEntry(Name("vendor"), EntryKind.ForeignLink, 0, default, [new EntryField(EntryField.ForeignTarget, [.. "git:0123456789abcdef0123456789abcdef01234567"u8])]);
        yield return new DirectoryEntry(Name("prices.csv"), EntryKind.File, 6, hash).Salted([.. Enumerable.Range(0xA0, 16).Select(i => (byte)i)]);
        yield return new DirectoryEntry(EntryName.Create([0x66, 0xFC, 0x72]).Value, EntryKind.File, 6, hash);
        yield return new DirectoryEntry(Name("noted"), EntryKind.File, 300, hash, [new EntryField(200, [1, 2, 3])]);
    }

    private static JsonArray Directories()
    {
        var plain = DirectoryObject.Of(SampleEntries());
        var sealedOne = plain.Seal(entry => entry.Name == Name("prices.csv") || entry.Name == Name("link"));
        Assert.Equal(plain.Id, sealedOne.Id);
        return [Describe("empty", DirectoryObject.Empty), Describe("every kind of entry", plain), Describe("two entries sealed", sealedOne), Paged()];
    }

    /// <summary>Large ones are given by rule, and only what the layout decides is spelled out.</summary>
    private static JsonObject Paged()
    {
        var directory = DirectoryObject.Of(Enumerable.Range(0, 3000).Select(Numbered));
        var encoding = DirectoryCodec.Encode(directory);
        return new JsonObject
        {
            ["name"] = "3,000 entries",
            ["rule"] = "entry i (0 to 2,999) is a file named file-NNNNN (five digits) of the content that is its own name",
            ["id"] = directory.Id.ToString(),
            ["stored"] = Convert.ToHexStringLower(encoding.Bytes.Span),
            ["pages"] = new JsonArray([.. encoding.Pages.Select(page => (JsonNode)new JsonObject { ["id"] = page.Id.ToString(), ["stored_blake3"] = ContentHash.OfContent(page.Bytes.Span).ToString() })]),
        };
    }

    private static JsonObject EditBesideSealed()
    {
        var whole = DirectoryObject.Of(SampleEntries());
        var seen = whole.Seal(entry => entry.IsSalted);
        var edited = seen.With(new DirectoryEntry(Name("hello.txt"), EntryKind.File, 4, ContentHash.OfContent("bye\n"u8)));
        var inFull = whole.With(new DirectoryEntry(Name("hello.txt"), EntryKind.File, 4, ContentHash.OfContent("bye\n"u8)));
        Assert.Equal(inFull.Id, edited.Id);
        return new JsonObject
        {
            ["before"] = Describe("as a reader without right to prices.csv has it", seen),
            ["after"] = Describe("after hello.txt became 'bye\\n'", edited),
            ["same_id_in_full"] = inFull.Id.ToString(),
        };
    }

    private static JsonArray SnapshotVectors()
    {
        var root = DirectoryObject.Of(SampleEntries()).Id;
        var first = Snapshots.Make(root, SnapshotKind.Manual, "first\n");
        var merge = Snapshots.Make(root, SnapshotKind.Merge, "Zusammengeführt", first.Id, new SnapshotId(ContentHash.OfContent("x"u8)))
            .WithConflicts([new Conflict(TreePath.Parse("src/a").Value, ConflictKind.ModifyDelete, Side(1), Side(2), null)])
            .WithField(SnapshotField.Origin, [.. first.Id.Hash.ToArray()]);
        var old = first with { Time = new SnapshotTime(-1, -90), Kind = SnapshotKind.Import };
        return [Describe("first", first), Describe("first, withheld", first.Withhold()), Describe("merge with a conflict and an origin", merge), Describe("before 1970, west", old)];
    }

    private static ConflictSide Side(int number) => new(EntryKind.File, (ulong)number, ContentHash.OfContent([(byte)number]));

    private static DirectoryEntry Numbered(int i)
    {
        var name = $"file-{i:D5}";
        var content = System.Text.Encoding.UTF8.GetBytes(name);
        return new DirectoryEntry(Name(name), EntryKind.File, (ulong)content.Length, ContentHash.OfContent(content));
    }

    private static JsonObject Describe(DirectoryEntry entry)
    {
        var writer = new CanonicalWriter();
        EntryEncoding.Write(writer, entry);
        var described = new JsonObject
        {
            ["kind"] = (int)entry.Kind,
            ["name_hex"] = Convert.ToHexStringLower(entry.Name.Bytes),
            ["size"] = entry.SizeBytes,
            ["hash"] = entry.Hash.ToString(),
            ["fields"] = new JsonArray([.. entry.Fields.Select(f => (JsonNode)new JsonObject { ["tag"] = f.Tag, ["value_hex"] = Convert.ToHexStringLower(f.Value.AsSpan()) })]),
            ["stored"] = Convert.ToHexStringLower(writer.Written),
            ["digest"] = entry.Digest.ToString(),
        };
        return described;
    }

    private static JsonObject Describe(string name, DirectoryObject directory) => new()
    {
        ["name"] = name,
        ["entries"] = new JsonArray([.. directory.Entries.Select(e => (JsonNode)e.Digest.ToString())]),
        ["sealed"] = new JsonArray([.. directory.SealedDigests.Select(d => (JsonNode)d.ToString())]),
        ["id"] = directory.Id.ToString(),
        ["stored"] = Convert.ToHexStringLower(DirectoryCodec.Encode(directory).Bytes.Span),
    };

    private static JsonObject Describe(string name, SnapshotObject snapshot) => new()
    {
        ["name"] = name,
        ["kind"] = (int)snapshot.Kind,
        ["tree"] = snapshot.Tree.ToString(),
        ["root"] = snapshot.Root.ToString(),
        ["parents"] = new JsonArray([.. snapshot.Parents.Select(p => (JsonNode)p.ToString())]),
        ["time_ms"] = snapshot.Time.UnixMilliseconds,
        ["zone_minutes"] = snapshot.Time.ZoneMinutes,
        ["author"] = Describe(snapshot.Author),
        ["recorder"] = Describe(snapshot.Recorder),
        ["message"] = Describe(snapshot.Message),
        ["conflicts"] = new JsonArray([.. snapshot.Conflicts.Select(c => (JsonNode)new JsonObject { ["path"] = c.Path.ToString(), ["kind"] = (int)c.Kind, ["base"] = Describe(c.Base), ["ours"] = Describe(c.Ours), ["theirs"] = Describe(c.Theirs) })]),
        ["fields"] = new JsonArray([.. snapshot.Fields.Select(f => (JsonNode)new JsonObject { ["tag"] = f.Tag, ["value_hex"] = Convert.ToHexStringLower(f.Value.AsSpan()) })]),
        ["stored"] = Convert.ToHexStringLower(SnapshotCodec.Encode(snapshot)),
        ["id"] = snapshot.Id.ToString(),
    };

    private static JsonObject? Describe(ConflictSide? side) =>
        side is null ? null : new JsonObject { ["kind"] = (int)side.Kind, ["size"] = side.SizeBytes, ["hash"] = side.Hash.ToString() };

    private static JsonObject Describe(Withholdable text) => text.IsWithheld
        ? new JsonObject { ["digest"] = text.Digest.ToString() }
        : new JsonObject { ["salt_hex"] = Convert.ToHexStringLower(text.Salt), ["text"] = text.Text, ["digest"] = text.Digest.ToString() };

    private static EntryName Name(string name) => EntryName.Create(name).Value;
}
