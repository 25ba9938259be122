using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.Listening;
using W0rktree.Silo.Front;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Doors;

/// <summary>One tenant with something to hide, and everybody who should not get at it, in front of a whole server whose clock was moved on.</summary>
public sealed class DoorScene : IAsyncLifetime
{
    public const string Secret = "launch-codes";

    private readonly string _folder = Directory.CreateTempSubdirectory("wt-doors-").FullName;
    private readonly MovedTime _clock = new();
    private WebApplication? _app;

    public IServiceProvider Services => _app!.Services;

    public GrpcChannel Channel { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public Person Owner { get; private set; } = null!;

    /// <summary>Gets a member whom nobody calls as: others are told to change this one.</summary>
    public Person Target { get; private set; } = null!;

    public TreeRef Tree { get; private set; } = null!;

    public SnapshotId Head { get; private set; }

    /// <summary>Gets the callers by the name of their column, with the token that each shows; null for none.</summary>
    public Dictionary<string, (Person? Who, string? Token)> Callers { get; } = [];

    public async Task InitializeAsync()
    {
        _app = ServerHost.Build(
            new ServerSettings { DataFolder = _folder, Listen = new(System.Net.IPAddress.Loopback, 0) },
            services =>
            {
                services.AddSingleton<TimeProvider>(_clock);

                // Hundreds of calls with one token and refusals from one address within a minute are what these tests are about.
                services.AddSingleton(new LimitSettings { RequestsPerMinute = int.MaxValue, AnonymousPerMinute = int.MaxValue });
                QuickPasswords.Use(services);
            });
        await _app.StartAsync();
        Address = new Uri(Listener.AddressOf(_app.Services));
        Channel = GrpcChannel.ForAddress(Address);
        Owner = await Person.RegisterAsync(Channel);
        Target = await MemberAsync("viewer");
        await BuildTreeAsync();
        Callers["anonymous"] = (null, null);
        Callers["unknown"] = (null, "wt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        var (revoked, expired) = (await MemberAsync("admin"), await MemberAsync("admin"));
        Callers["revoked"] = (revoked, await TokenAsync(revoked, ["*"]));
        _ = await revoked.Identity.RevokeTokenAsync(new RevokeTokenRequest { Id = (await revoked.Identity.WhoAmIAsync(new WhoAmIRequest(), revoked.With(Callers["revoked"].Token!).Head)).TokenId }, revoked.Head);
        Callers["expired"] = (expired, await TokenAsync(expired, ["*"], _clock.GetUtcNow().AddMinutes(30)));
        Callers["stranger"] = Session(await Person.RegisterAsync(Channel));
        var guest = await Person.RegisterAsync(Channel);
        await GrantAsync(guest, _clock.GetUtcNow().AddMinutes(30));
        Callers["guest"] = Session(guest);
        Callers["viewer"] = Session(await MemberAsync("viewer"));
        Callers["pathless"] = Session(await MemberAsync("developer"));
        var scoped = await MemberAsync("owner");
        Callers["scoped"] = (scoped, await TokenAsync(scoped, ["tag:delete"]));
        Callers["owner"] = Session(Owner);

        // The grant and one token end, and nothing else does.
        _clock.Shift = TimeSpan.FromHours(1);
    }

    public async Task DisposeAsync()
    {
        Channel.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Gives the token of a caller; one of its own for a call that ends it, so that it spoils no other.</summary>
    public async Task<string?> TokenForAsync(string caller, string method) => method == "SignOut" && caller is ("viewer" or "pathless" or "stranger" or "guest" or "owner")
        ? await TokenAsync(Callers[caller].Who!, ["*"])
        : method == "SignOut" && caller == "scoped" ? await TokenAsync(Callers[caller].Who!, ["tag:delete"])
        : Callers[caller].Token;

    /// <summary>Makes a member who left be one again.</summary>
    public async Task RestoreMembersAsync()
    {
        await Owner.AddMemberAsync(Callers["viewer"].Who!, "viewer");
        await Owner.AddMemberAsync(Callers["pathless"].Who!, "developer");
        await Owner.AddMemberAsync(Target, "viewer");
    }

    private async Task BuildTreeAsync()
    {
        Tree = await Owner.CreateWorktreeAsync("shop");
        var objects = new MemoryObjects();
        Head = await objects.AddAsync(await objects.TreeAsync(new Dictionary<string, string>
        {
            [".wt/access/policies.toml"] = """
                [[policy]]
                name = "closed"
                effect = "deny"
                subjects = [{ role = "developer" }, { role = "viewer" }]
                scope = { path = "vault/" }
                permissions = ["tree:read", "tree:write"]
                """,
            ["src/a"] = "1",
            [$"vault/{Secret}"] = Secret,
        }));
        await Owner.UploadAsync(Tree, objects, Head);
        await Owner.PushAsync(Tree, default, Head);
        await Owner.PushAsync(Tree, default, Head, "old");
    }

    private async Task<Person> MemberAsync(string role)
    {
        var person = await Person.RegisterAsync(Channel);
        await Owner.AddMemberAsync(person, role);
        return person;
    }

    private async Task GrantAsync(Person guest, DateTimeOffset end) => _ = await Owner.Worktrees.GiveGrantAsync(
        new GiveGrantRequest { Tree = Tree, Id = Person.Id(), Account = guest.Slug, Level = "admin", ExpiresUnixMs = end.ToUnixTimeMilliseconds() }, Owner.Head);

    private static (Person?, string?) Session(Person who) => (who, who.Token);

    private static async Task<string> TokenAsync(Person who, string[] scopes, DateTimeOffset? end = null) => (await who.Identity.CreateTokenAsync(
        new CreateTokenRequest { Name = "door", Scopes = { scopes }, RequestId = Person.Id(), ExpiresUnixMs = end?.ToUnixTimeMilliseconds() ?? 0 }, who.Head)).Token;

    private sealed class MovedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
