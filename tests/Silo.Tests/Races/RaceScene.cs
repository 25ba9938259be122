using Grpc.Core;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Races;

/// <summary>Is one way in which a right ends.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="PrepareAsync">Gives somebody the right.</param>
/// <param name="RevokeAsync">Takes it away; ends with the acknowledgement.</param>
/// <param name="RestoreAsync">Brings the scene back to where it was.</param>
internal sealed record RaceKind(string Name, Func<RaceScene, Task<Person>> PrepareAsync, Func<RaceScene, Person, Task> RevokeAsync, Func<RaceScene, Task> RestoreAsync)
{
    /// <summary>Gets whether writing alone ends, so that reading is no use.</summary>
    public bool WritesOnly { get; init; }
}

/// <summary>Is a tree with an owner, a developer, and a guest with a grant, whose rights come and go.</summary>
internal sealed class RaceScene
{
    private const string Open = "# nothing is closed\n";

    private const string Closed = """
        [[policy]]
        name = "closed"
        effect = "deny"
        subjects = [{ role = "developer" }]
        scope = "worktree"
        permissions = ["*"]
        """;

    private readonly MemoryObjects _objects = new();
    private SnapshotId _head;
    private SnapshotId _work;
    private string _grant = "";
    private int _turn;

    private RaceScene(Person owner, Person developer, Person guest, TreeRef tree) => (Owner, Developer, Guest, Tree) = (owner, developer, guest, tree);

    public Person Owner { get; }

    public Person Developer { get; }

    public Person Guest { get; }

    public TreeRef Tree { get; }

    public RaceKind[] Kinds { get; } =
    [
        new("token", s => s.FreshAsync(s.Developer), async (s, user) => await s.Developer.Identity.RevokeTokenAsync(new RevokeTokenRequest { Id = await user.TokenIdAsync(s.Developer) }, s.Developer.Head), _ => Task.CompletedTask),
        new("signing out", s => s.FreshAsync(s.Developer), async (_, user) => await user.Identity.SignOutAsync(new SignOutRequest(), user.Head), _ => Task.CompletedTask),
        new("membership", s => Task.FromResult(s.Developer), async (s, _) => await s.Owner.Identity.RemoveMemberAsync(new RemoveMemberRequest { Tenant = s.Owner.Slug, Account = s.Developer.Slug }, s.Owner.Head), s => s.Owner.AddMemberAsync(s.Developer)),
        new("role", s => Task.FromResult(s.Developer), (s, _) => s.Owner.AddMemberAsync(s.Developer, "viewer"), s => s.Owner.AddMemberAsync(s.Developer)) { WritesOnly = true },
        new("grant", s => Task.FromResult(s.Guest), async (s, _) => await s.Owner.Worktrees.EndGrantAsync(new EndGrantRequest { Tree = s.Tree, Id = s._grant }, s.Owner.Head), s => s.GrantAsync()),
        new("policy", s => Task.FromResult(s.Developer), (s, _) => s.PushPolicyAsync(Closed), s => s.PushPolicyAsync(Open)),
    ];

    public static async Task<RaceScene> MakeAsync(TestServer server)
    {
        var (owner, developer, guest) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        await owner.AddMemberAsync(developer);
        var scene = new RaceScene(owner, developer, guest, await owner.CreateWorktreeAsync("shop"));
        await scene.PushPolicyAsync(Open);
        await scene.GrantAsync();
        scene._work = await scene.CommitAsync(Open, "work", scene._head);
        await owner.UploadAsync(scene.Tree, scene._objects, scene._work, scene._head);
        return scene;
    }

    /// <summary>Picks what is done with the right from three sides at once; an open stream is always one of them, where reading ends.</summary>
    public IReadOnlyList<Func<Person, Task<bool>>> UsesOf(RaceKind kind, Random random)
    {
        var (head, work) = (_head, _work);
        Func<Person, Task<bool>>[] writes =
        [
            who => Succeeds(async () => await who.StageAsync(Tree, head, work, (ulong)Interlocked.Increment(ref _turn))),
            who => Succeeds(async () => await who.Sync.OpenUploadAsync(new OpenUploadRequest { Tree = Tree, Session = Person.Session(), Tip = Person.Bytes(work), ObjectCount = 1 }, who.Head)),
            who => Succeeds(async () => await PushAsync(who, work)),
            who => Succeeds(async () => await who.Sync.ClearStagedAsync(new ClearStagedRequest { Tree = Tree, CopyId = who.Copy, Branch = "main" }, who.Head)),
        ];
        Func<Person, Task<bool>>[] reads =
        [
            who => Succeeds(async () => await who.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = Tree }, who.Head)),
            who => Succeeds(async () => await who.DownloadAsync(Tree, new MemoryObjects(), [head])),
            who => Succeeds(async () => await who.Sync.ListStagedAsync(new ListStagedRequest { Tree = Tree }, who.Head)),
            who => Succeeds(async () => await who.Sync.NegotiateAsync(new NegotiateRequest { Tree = Tree, Snapshots = { Person.Bytes(head) } }, who.Head)),
            who => Succeeds(async () => await who.Worktrees.GetWorktreeAsync(new GetWorktreeRequest { Owner = Owner.Slug, Name = "shop" }, who.Head)),
        ];
        if (kind.WritesOnly)
        {
            return [writes[random.Next(writes.Length)], writes[random.Next(writes.Length)]];
        }

        // A guest with a read grant has nothing to write with.
        return kind.Name == "grant"
            ? [reads[random.Next(reads.Length)], reads[random.Next(reads.Length)], WatchAsync]
            : [reads[random.Next(reads.Length)], writes[random.Next(writes.Length)], WatchAsync];
    }

    /// <summary>Pushes to one of some branches; where it is at the snapshot already, the answer that says so is a use as well.</summary>
    private async Task PushAsync(Person who, SnapshotId work)
    {
        try
        {
            await who.PushAsync(Tree, default, work, $"topic{Interlocked.Increment(ref _turn) % 100}");
        }
        catch (RpcException e) when (e.Trailers.GetValueBytes("wt-error-bin") is { } words && words.AsSpan().IndexOf("\"stale_base\""u8) >= 0)
        {
            return;
        }
    }

    /// <summary>Opens a stream of events, and succeeds where it said hello.</summary>
    private Task<bool> WatchAsync(Person who) => Succeeds(async () =>
    {
        using var call = who.Events.Watch(new WatchRequest { Tree = Tree }, who.Head);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
    });

    public Task StageAsync() => Owner.StageAsync(Tree, _head, _work, (ulong)Interlocked.Increment(ref _turn));

    private static async Task<bool> Succeeds(Func<Task> use)
    {
        try
        {
            await use();
            return true;
        }
        catch (RpcException e) when (e.Trailers.GetValueBytes("wt-error-bin") is not null)
        {
            return false;
        }
    }

    private async Task<Person> FreshAsync(Person who) => who.With((await who.Identity.CreateTokenAsync(
        new CreateTokenRequest { Name = "race", Scopes = { "*" }, RequestId = Person.Id() }, who.Head)).Token);

    private async Task GrantAsync() => _grant = (await Owner.Worktrees.GiveGrantAsync(
        new GiveGrantRequest { Tree = Tree, Id = Person.Id(), Account = Guest.Slug, Level = "read" }, Owner.Head)).Id;

    private async Task PushPolicyAsync(string policies)
    {
        var next = await CommitAsync(policies, $"{++_turn}", _head);
        await Owner.UploadAsync(Tree, _objects, next, _head.IsZero ? [] : [_head]);
        await Owner.PushAsync(Tree, _head, next);
        _head = next;
    }

    private async Task<SnapshotId> CommitAsync(string policies, string text, SnapshotId parent) => await _objects.AddAsync(
        await _objects.TreeAsync(new Dictionary<string, string> { [".wt/access/policies.toml"] = policies, ["a.txt"] = text }), message: text, parents: parent.IsZero ? [] : [parent]);
}
