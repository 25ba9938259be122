using System.Text;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests;

/// <summary>What somebody with rights to some paths only receives and can send, over the wire.</summary>
public sealed class HiddenPathTests(SharedServer server) : IClassFixture<SharedServer>
{
    private const string Policies = """
        [[policy]]
        name = "closed"
        effect = "deny"
        subjects = [{ role = "developer" }]
        scope = { path = "secret/" }
        permissions = ["tree:read", "tree:write"]
        [[policy]]
        name = "keys"
        effect = "deny"
        subjects = [{ role = "developer" }]
        scope = { path = "config/keys" }
        permissions = ["tree:read", "tree:write"]
        """;

    private static readonly string[] Never = ["secret", "launch", "whole-plan", "keys", "k1k2k3"];

    [Fact]
    public async Task Nothing_of_a_hidden_path_is_sent_and_what_is_sent_verifies()
    {
        var scene = await StartAsync();

        var received = await scene.DevClonesAsync(scene.Head);

        await AssertNothingAsync(received, Never);
        var root = await received.Graph.ReadDirectoryAsync((await received.Graph.ReadSnapshotAsync(scene.Head, default)).Root, default);
        Assert.Single(root.SealedDigests);
        var config = await received.Graph.ReadDirectoryAsync(root.Find(Name("config"))!.Hash, default);
        Assert.Equal(("app", 1), (config.Entries.Single().Name.ToString(), config.SealedDigests.Length));
        foreach (var (path, content) in await scene.Objects.ListAsync((await scene.Objects.Graph.ReadSnapshotAsync(scene.Head, default)).Root))
        {
            if (!path.StartsWith("secret/", StringComparison.Ordinal) && path != "config/keys" && !path.StartsWith(".wt", StringComparison.Ordinal))
            {
                Assert.Equal(content, received.Text(ContentHash.OfContent(Encoding.UTF8.GetBytes(content))));
            }
        }
    }

    [Fact]
    public async Task Neither_how_much_is_hidden_nor_how_large_it_is_shows_in_what_is_sent()
    {
        (string, string)[] open = [("src/a", "1"), ("config/app", "1")];
        var (few, many) = (
            await StartAsync([.. open, ("secret/a", "")]),
            await StartAsync([.. open, ("secret/large", new string('x', 3_000_000)), .. Enumerable.Range(0, 1_500).Select(i => ($"secret/{i % 7}/{i}", $"{i}"))]));
        Assert.Equal(await ShapeAsync(few), await ShapeAsync(many));

        static async Task<string> ShapeAsync(Scene scene)
        {
            var received = await scene.DevClonesAsync(scene.Head);
            var stored = await Task.WhenAll(received.Ids.Select(async id => (await received.TryReadAsync(id, default))!));
            return string.Join('\n', stored.Select(o => $"{o.Kind} {o.Bytes.Length}").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_snapshot_that_changes_hidden_paths_alone_tells_neither_author_nor_message()
    {
        var scene = await StartAsync();
        var hidden = await scene.OwnerAddsAsync("about the launch", ("secret/plan", "whole-plan-2"));
        var open = await scene.OwnerAddsAsync("about the app", ("config/app", "2"));

        var received = await scene.DevClonesAsync(open);

        var snapshot = await received.Graph.ReadSnapshotAsync(hidden, default);
        Assert.True(snapshot.Author.IsWithheld && snapshot.Recorder.IsWithheld && snapshot.Message.IsWithheld);
        Assert.Equal("about the app", (await received.Graph.ReadSnapshotAsync(open, default)).Message.Text);
        await AssertNothingAsync(received, Never);
    }

    [Fact]
    public async Task Work_on_top_of_sealed_entries_is_taken_and_leaves_them_as_they_are()
    {
        var scene = await StartAsync();
        var copy = await scene.DevClonesAsync(scene.Head);
        var pushed = await scene.DevAddsAsync(copy, async config => config.With(await FileAsync(copy, "app", "2")));

        await scene.Dev.UploadAsync(scene.Tree, copy, pushed, scene.Head);
        await scene.Dev.PushAsync(scene.Tree, scene.Head, pushed);

        var whole = new MemoryObjects();
        await scene.Owner.DownloadAsync(scene.Tree, whole, [pushed]);
        var files = await whole.ListAsync((await whole.Graph.ReadSnapshotAsync(pushed, default)).Root);
        Assert.Equal(("2", "k1k2k3", "whole-plan"), (files["config/app"], files["config/keys"], files["secret/launch/plan"]));
    }

    [Fact]
    public async Task Work_from_a_sealed_clone_is_taken_also_after_its_maker_was_given_more_rights()
    {
        var scene = await StartAsync();
        var copy = await scene.DevClonesAsync(scene.Head);
        await scene.Owner.SetMemberAsync(scene.Owner.Slug, scene.Dev.Slug, "maintainer");
        var pushed = await scene.DevAddsAsync(copy, async config => config.With(await FileAsync(copy, "app", "2")));

        await scene.Dev.UploadAsync(scene.Tree, copy, pushed, scene.Head);

        Assert.Equal(pushed, new SnapshotId(ContentHash.FromBytes((await scene.Dev.PushAsync(scene.Tree, scene.Head, pushed)).Head.Span)));
    }

    [Fact]
    public async Task A_sealed_entry_that_is_left_out_is_a_deletion_which_needs_the_right()
    {
        var scene = await StartAsync();
        var copy = await scene.DevClonesAsync(scene.Head);
        var pushed = await scene.DevAddsAsync(copy, config => Task.FromResult(DirectoryObject.Of(config.Entries)));

        await scene.Dev.UploadAsync(scene.Tree, copy, pushed, scene.Head);
        var (code, message, _) = await Person.RefusedAsync(() => scene.Dev.PushAsync(scene.Tree, scene.Head, pushed));

        Assert.Equal("denied", code);
        Assert.DoesNotContain("keys", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_a_hidden_entry_has_is_refused()
    {
        var scene = await StartAsync();
        var copy = await scene.DevClonesAsync(scene.Head);
        var pushed = await scene.DevAddsAsync(copy, async config => config.With(await FileAsync(copy, "keys", "mine")));

        Assert.Equal("name_taken", (await Person.RefusedAsync(() => scene.Dev.UploadAsync(scene.Tree, copy, pushed, scene.Head))).Code);
    }

    [Fact]
    public async Task A_folder_with_hidden_entries_cannot_be_moved_to_where_they_could_be_read()
    {
        var scene = await StartAsync();
        var copy = await scene.DevClonesAsync(scene.Head);
        var root = await copy.Graph.ReadDirectoryAsync((await copy.Graph.ReadSnapshotAsync(scene.Head, default)).Root, default);
        var config = root.Find(Name("config"))!;
        var moved = await scene.DevSnapshotsAsync(copy, root.Without(Name("config")).With(config.Renamed(Name("mine"))));
        var edited = await copy.Graph.ReadDirectoryAsync(config.Hash, default);
        var renewed = await copy.WriteDirectoryAsync(edited.With(await FileAsync(copy, "more", "1")), default);
        var copied = await scene.DevSnapshotsAsync(copy, root.With(new DirectoryEntry(Name("mine"), EntryKind.Directory, 0, renewed)));

        Assert.Equal("hidden_entry", (await Person.RefusedAsync(() => scene.Dev.UploadAsync(scene.Tree, copy, moved, scene.Head))).Code);
        Assert.Equal("hidden_entry", (await Person.RefusedAsync(() => scene.Dev.UploadAsync(scene.Tree, copy, copied, scene.Head))).Code);
    }

    [Fact]
    public async Task Knowing_the_hash_of_a_hidden_content_or_folder_neither_brings_it_nor_tells_that_it_is_there()
    {
        var scene = await StartAsync();
        var copy = await scene.DevClonesAsync(scene.Head);
        var head = await copy.Graph.ReadSnapshotAsync(scene.Head, default);
        var root = await copy.Graph.ReadDirectoryAsync(head.Root, default);
        var (plan, absent) = (Content("whole-plan"), Content("other-plan"));
        var secret = (await scene.Objects.Graph.FindAsync((await scene.Objects.Graph.ReadSnapshotAsync(scene.Head, default)).Root, TreePath.Parse("secret").Value, default))!;
        var other = new DirectoryEntry(secret.Name, EntryKind.Directory, 0, absent.Hash);

        // As a file, a folder, a file called a folder, either side of a conflict, below one, and as a parent.
        var inFolder = await copy.WriteDirectoryAsync(DirectoryObject.Of([plan]), default);
        var inOther = await copy.WriteDirectoryAsync(DirectoryObject.Of([absent]), default);
        Func<DirectoryEntry, ContentHash, Task<SnapshotId>>[] questions =
        [
            (entry, _) => scene.DevSnapshotsAsync(copy, root.With(entry.Renamed(Name("mine")))),
            (entry, _) => scene.DevSnapshotsAsync(copy, root.With(new DirectoryEntry(Name("mine"), EntryKind.Directory, 0, entry.Hash))),
            (entry, _) => scene.DevSnapshotsAsync(copy, root.With(new DirectoryEntry(Name("mine"), EntryKind.File, 1, entry.Hash))),
            (entry, _) => ConflictAsync(new ConflictSide(entry.Kind, entry.SizeBytes, entry.Hash)),
            (_, folder) => ConflictAsync(new ConflictSide(EntryKind.Directory, 0, folder)),
            (entry, _) => copy.AddAsync(head.Root, message: "a parent", parents: [scene.Head, new SnapshotId(entry.Hash)]),
        ];

        foreach (var question in questions)
        {
            var there = await AnswerAsync(await question(plan, inFolder), plan.Hash);
            Assert.Equal("missing_objects", there.Code);
            Assert.Equal(there, await AnswerAsync(await question(absent, inOther), absent.Hash));
        }

        Assert.Equal(await AnswerAsync(await questions[0](secret, default), secret.Hash), await AnswerAsync(await questions[0](other, default), other.Hash));
        return;

        Task<SnapshotId> ConflictAsync(ConflictSide side) => copy.WriteSnapshotAsync(
            Snapshots.Make(head.Root, SnapshotKind.Merge, "a conflict", [scene.Head]).WithConflicts([new Conflict(TreePath.Parse("src/a").Value, ConflictKind.Content, side, null, null)]), default).AsTask();

        async Task<(string Code, string Message)> AnswerAsync(SnapshotId tip, ContentHash guess)
        {
            var snapshot = await copy.Graph.ReadSnapshotAsync(tip, default);
            var frames = new List<ObjectFrame>();
            foreach (var folder in new[] { snapshot.Root, inFolder, inOther }.Distinct())
            {
                frames.Add(await FrameAsync(copy, folder, ObjectKind.Directory));
            }

            frames.Add(await FrameAsync(copy, tip.Hash, ObjectKind.Snapshot));
            var session = Person.Session();
            await scene.Dev.OpenAsync(scene.Tree, tip, session, frames.Count);
            var (code, message, _) = await Person.RefusedAsync(() => scene.Dev.SendAsync(scene.Tree, session, 0, frames));
            return (code, message.Replace(guess.ToShortString(), "(guess)", StringComparison.Ordinal));
        }
    }

    private static DirectoryEntry Content(string text) => new(Name("guess"), EntryKind.File, (ulong)text.Length, ContentHash.OfContent(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task Large_directories_are_sealed_page_by_page()
    {
        var many = Enumerable.Range(0, 3_000).Select(i => ($"many/{(i % 3 == 0 ? "x" : "y")}{i}", $"{i}")).ToArray();
        var scene = await StartAsync(many, string.Concat(Enumerable.Range(0, 100).Select(i => $"[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = [{{ role = \"developer\" }}]\nscope = {{ path = \"many/x{i * 30}\" }}\npermissions = [\"*\"]\n")));
        var copy = await scene.DevClonesAsync(scene.Head);
        var root = await copy.Graph.ReadDirectoryAsync((await copy.Graph.ReadSnapshotAsync(scene.Head, default)).Root, default);
        var directory = await copy.Graph.ReadDirectoryAsync(root.Find(Name("many"))!.Hash, default);
        Assert.Equal((2_900, 100), (directory.Entries.Length, directory.SealedDigests.Length));

        var changed = await copy.WriteDirectoryAsync(directory.With(await FileAsync(copy, "y1", "changed")), default);
        var pushed = await scene.DevSnapshotsAsync(copy, root.With(new DirectoryEntry(Name("many"), EntryKind.Directory, 0, changed)));
        await scene.Dev.UploadAsync(scene.Tree, copy, pushed, scene.Head);
        await scene.Dev.PushAsync(scene.Tree, scene.Head, pushed);

        var whole = new MemoryObjects();
        await scene.Owner.DownloadAsync(scene.Tree, whole, [pushed]);
        var files = await whole.ListAsync((await whole.Graph.ReadSnapshotAsync(pushed, default)).Root);
        Assert.Equal((3_001, "changed", "30"), (files.Count, files["many/y1"], files["many/x30"]));
    }

    private static EntryName Name(string name) => EntryName.Create(name).Value;

    private static Task<DirectoryEntry> FileAsync(MemoryObjects objects, string name, string text) =>
        Task.FromResult(new DirectoryEntry(Name(name), EntryKind.File, (ulong)Encoding.UTF8.GetByteCount(text), objects.Content(text)));

    private static async Task<ObjectFrame> FrameAsync(MemoryObjects objects, ContentHash id, ObjectKind kind) => new()
    {
        Id = Google.Protobuf.ByteString.CopyFrom(id.ToArray()), Kind = (uint)kind, Data = Google.Protobuf.ByteString.CopyFrom((await objects.TryReadAsync(id, default))!.Bytes.Span),
    };

    private static async Task AssertNothingAsync(MemoryObjects received, params string[] never)
    {
        foreach (var id in received.Ids)
        {
            var bytes = (await received.TryReadAsync(id, default))!.Bytes;
            foreach (var word in never)
            {
                // The policy file names its paths; whoever reads that file knows them from there.
                Assert.True(bytes.Span.IndexOf(Encoding.UTF8.GetBytes(word)) < 0 || bytes.Span.IndexOf("[[policy]]"u8) >= 0, $"'{word}' stands in {id}");
            }
        }
    }

    private async Task<Scene> StartAsync((string Path, string Content)[]? more = null, string policies = Policies)
    {
        var (owner, dev) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var tree = await owner.CreateWorktreeAsync("shop");
        await owner.AddMemberAsync(dev);
        var objects = new MemoryObjects();
        var files = new Dictionary<string, string> { [".wt/access/policies.toml"] = policies };
        foreach (var (path, content) in more ?? [("src/a", "1"), ("config/app", "1"), ("config/keys", "k1k2k3"), ("secret/launch/plan", "whole-plan")])
        {
            files[path] = content;
        }

        var head = await objects.AddAsync(await objects.TreeAsync(files));
        await owner.UploadAsync(tree, objects, head);
        await owner.PushAsync(tree, default, head);
        return new Scene(owner, dev, tree, objects) { Head = head };
    }

    private sealed class Scene(Person owner, Person dev, TreeRef tree, MemoryObjects objects)
    {
        public Person Owner => owner;

        public Person Dev => dev;

        public TreeRef Tree => tree;

        public MemoryObjects Objects => objects;

        public SnapshotId Head { get; set; }

        public async Task<MemoryObjects> DevClonesAsync(SnapshotId head)
        {
            var received = new MemoryObjects();
            await Dev.DownloadAsync(Tree, received, [head]);
            return received;
        }

        public async Task<SnapshotId> OwnerAddsAsync(string message, params (string Path, string Content)[] changes)
        {
            var files = await Objects.ListAsync((await Objects.Graph.ReadSnapshotAsync(Head, default)).Root);
            foreach (var (path, content) in changes)
            {
                files[path] = content;
            }

            var next = await Objects.AddAsync(await Objects.TreeAsync(files), message: message, parents: [Head]);
            await Owner.UploadAsync(Tree, Objects, next, Head);
            await Owner.PushAsync(Tree, Head, next);
            return Head = next;
        }

        public async Task<SnapshotId> DevAddsAsync(MemoryObjects copy, Func<DirectoryObject, Task<DirectoryObject>> change)
        {
            var root = await copy.Graph.ReadDirectoryAsync((await copy.Graph.ReadSnapshotAsync(Head, default)).Root, default);
            var config = await copy.Graph.ReadDirectoryAsync(root.Find(Name("config"))!.Hash, default);
            var changed = await copy.WriteDirectoryAsync(await change(config), default);
            return await DevSnapshotsAsync(copy, root.With(new DirectoryEntry(Name("config"), EntryKind.Directory, 0, changed)));
        }

        public async Task<SnapshotId> DevSnapshotsAsync(MemoryObjects copy, DirectoryObject root) =>
            await copy.AddAsync(await copy.WriteDirectoryAsync(root, default), message: "mine", parents: [Head]);
    }
}
