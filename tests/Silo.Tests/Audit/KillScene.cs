using Grpc.Core;
using Grpc.Net.Client;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Audit;

/// <summary>Is a data folder in which every operation can be done once.</summary>
internal sealed class KillScene
{
    private readonly MemoryObjects _objects = new();

    private KillScene(string folder) => Folder = folder;

    public static KillOperation[] Operations { get; } =
    [
        new("sync.push", true, s => s.Owner.PushAsync(s.Tree, s.First, s.Second)),
        new("sync.upload", true, s => s.Owner.UploadAsync(s.Tree, s._objects, s.Third, s.Second)) { Uploads = s => s.Third },
        new("identity.set-member", true, s => s.Owner.SetMemberAsync(s.Owner.Slug, s.Other.Slug, "admin")),
        new("identity.create-token", true, async s => await s.Owner.Identity.CreateTokenAsync(new CreateTokenRequest { Name = "x", Scopes = { "*" }, RequestId = Person.Id() }, s.Owner.Head)),
        new("identity.revoke-token", true, async s => await s.Owner.Identity.RevokeTokenAsync(new RevokeTokenRequest { Id = s.TokenId }, s.Owner.Head)),
        new("worktrees.delete-branch", true, async s => await s.Owner.Worktrees.DeleteBranchAsync(new DeleteBranchRequest { Tree = s.Tree, Name = "old", ExpectedHead = Person.Bytes(s.First) }, s.Owner.Head)),
        new("worktrees.create-worktree", true, s => s.Owner.CreateWorktreeAsync("another", new TreeId(99))),
        new("worktrees.give-grant", true, async s => await s.Owner.Worktrees.GiveGrantAsync(new GiveGrantRequest { Tree = s.Tree, Id = Person.Id(), Account = s.Other.Slug, Level = "read" }, s.Owner.Head)),
        new("sync.stage", true, s => s.Owner.StageAsync(s.Tree, s.First, s.Second)),
        new("sync.download", false, s => s.Other.DownloadAsync(s.Tree, new MemoryObjects(), [s.First])),
        new("identity.remove-member", false, async s => await s.Other.Identity.RemoveMemberAsync(new RemoveMemberRequest { Tenant = s.Owner.Slug, Account = s.Owner.Slug }, s.Other.Head)),
        new("identity.register", true, async s => await s.Owner.Identity.RegisterAsync(Person.Registration("late"))),
    ];

    public string Folder { get; }

    public DateTimeOffset MadeAt { get; private set; }

    public Person Owner { get; private set; } = null!;

    public Person Other { get; private set; } = null!;

    public TreeRef Tree { get; private set; } = null!;

    public SnapshotId First { get; private set; }

    public SnapshotId Second { get; private set; }

    public SnapshotId Third { get; private set; }

    public string TokenId { get; private set; } = "";

    public static async Task<KillScene> MakeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var scene = new KillScene(folder);
        using (var server = await ServerProcess.StartAsync(folder))
        {
            await scene.FillAsync(server.Channel);
            await ServerProcess.RunAsync("stop", "--data", folder);
            await server.EndAsync();
        }

        scene.MadeAt = DateTimeOffset.UtcNow;
        return scene;
    }

    /// <summary>Gives the same scene in front of another server.</summary>
    public KillScene On(GrpcChannel channel)
    {
        var copy = (KillScene)MemberwiseClone();
        (copy.Owner, copy.Other) = (Owner.On(channel), Other.On(channel));
        return copy;
    }

    private async Task FillAsync(GrpcChannel channel)
    {
        (Owner, Other) = (await Person.RegisterAsync(channel), await Person.RegisterAsync(channel));
        await Owner.AddMemberAsync(Other, "viewer");
        Tree = await Owner.CreateWorktreeAsync("shop");
        First = await CommitAsync("1");
        Second = await CommitAsync("2", First);
        Third = await CommitAsync("3", Second);
        await Owner.UploadAsync(Tree, _objects, Second);
        await Owner.PushAsync(Tree, default, First);
        await Owner.PushAsync(Tree, default, First, "old");
        TokenId = (await Owner.Identity.CreateTokenAsync(new CreateTokenRequest { Name = "t", Scopes = { "*" }, RequestId = Person.Id() }, Owner.Head)).Info.Id;
    }

    private async Task<SnapshotId> CommitAsync(string text, params SnapshotId[] parents) =>
        await _objects.AddAsync(await _objects.TreeAsync(new Dictionary<string, string> { ["a.txt"] = text }), message: text, parents: [.. parents]);
}

/// <summary>Is one request that the server is killed in.</summary>
/// <param name="Action">What the audit calls it.</param>
/// <param name="Changes">Whether it changes something when it is answered.</param>
/// <param name="Run">Makes it.</param>
internal sealed record KillOperation(string Action, bool Changes, Func<KillScene, Task> Run)
{
    /// <summary>Gets the snapshot that it brings to the vault.</summary>
    public Func<KillScene, SnapshotId>? Uploads { get; init; }

    /// <summary>Makes the request; says whether the server answered, a refusal included.</summary>
    public async Task<bool> TryAsync(KillScene scene)
    {
        try
        {
            await Run(scene);
            return true;
        }
        catch (RpcException e)
        {
            return e.Trailers.GetValueBytes("wt-error-bin") is not null;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;
        }
    }
}
