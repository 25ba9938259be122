using System.Collections.Immutable;
using System.Security.Cryptography;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Accounts;

namespace W0rktree.Grains.Tests.Cluster;

/// <summary>Somebody with an account and a session, who calls grains as the front would for them.</summary>
public sealed class Person
{
    private readonly GrainCluster _cluster;

    private Person(GrainCluster cluster, string slug)
    {
        _cluster = cluster;
        Slug = slug;
    }

    public string Slug { get; }

    public AccountId Account { get; } = new(Random128());

    public TenantId Tenant { get; } = new(Random128());

    public CopyId Copy { get; } = new(Random128());

    public TokenHash Token { get; private set; } = TokenHash.Of(Guid.NewGuid().ToString());

    public ImmutableArray<string> Scopes { get; init; } = ["*"];

    /// <summary>Gets a ticket as the front makes one after asking the token.</summary>
    public CallerTicket Ticket => _cluster.Mint.Fresh("test") with
    {
        Kind = PrincipalKind.Account,
        Account = Account,
        Tenant = Tenant,
        Token = Token,
        Scopes = Scopes,
    };

    public IAccountGrain AccountGrain => _cluster.Grains.GetGrain<IAccountGrain>(GrainKeys.Account(Account));

    public static UInt128 Random128() => new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));

    /// <summary>A name that no other test uses.</summary>
    public static string NewSlug(string start) => $"{start}-{Guid.NewGuid():N}"[..30].TrimEnd('-');

    /// <summary>Stands for what PBKDF2 makes of a password: its cost is not what these tests are about.</summary>
    public static ImmutableArray<byte> Proof(string password) => [.. SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(password))];

    public RegisterAccount Registration(string password) => new()
    {
        Tenant = Tenant,
        Slug = Slug,
        Email = $"{Slug}@example.org",
        DisplayName = "Somebody",
        Password = new PasswordVerifier { Salt = [.. new byte[16]], Iterations = AccountRules.MinIterations, Hash = Proof(password) },
    };

    public TokenRequest NewToken(TokenHash hash) => new() { Hash = hash, Label = "test", Scopes = ["*"], Kind = TokenKind.Session };

    /// <summary>Makes somebody without an account yet.</summary>
    public static Person New(GrainCluster cluster, string start) => new(cluster, NewSlug(start));

    /// <summary>Registers somebody and signs them in.</summary>
    public static async Task<Person> RegisterAsync(GrainCluster cluster, string start)
    {
        var person = New(cluster, start);
        (await cluster.AsNobodyAsync(() => person.AccountGrain.RegisterAsync(person.Registration("correct horse"), default))).Must();
        await person.SignInAsync("correct horse");
        return person;
    }

    public async Task SignInAsync(string password)
    {
        Token = TokenHash.Of(Guid.NewGuid().ToString());
        (await TrySignInAsync(password)).Must();
    }

    public Task<Reply<AccountView>> TrySignInAsync(string password) =>
        _cluster.AsNobodyAsync(() => AccountGrain.SignInAsync(new SignIn { Proof = Proof(password), Token = NewToken(Token) }, default));

    /// <summary>Calls as this person.</summary>
    public Task<T> CallAsync<T>(Func<IGrainFactory, Task<T>> call) => _cluster.WithAsync(Ticket, () => call(_cluster.Grains));

    /// <summary>Creates a worktree in this person's own tenant.</summary>
    public async Task<TreeAddress> CreateWorktreeAsync(TenantId? owner = null)
    {
        var tree = new TreeAddress(owner ?? Tenant, new WorktreeId(Random128()), new TreeId(Random128()));
        var request = new CreateWorktree { Slug = $"w{Guid.NewGuid():N}", RootTree = tree.Tree, DefaultBranch = BranchName.Main };
        (await CallAsync(g => g.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(tree.Tenant, tree.Worktree)).CreateAsync(request, default))).Must();
        return tree;
    }

    public Task<Reply<Member>> SetMemberAsync(TenantId tenant, Person who, Role role) =>
        CallAsync(g => g.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).SetMemberAsync(who.Account, role, default));

    public Task<Reply<Acknowledged>> RemoveMemberAsync(TenantId tenant, Person who) =>
        CallAsync(g => g.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).RemoveMemberAsync(who.Account, default));

    public Task<Reply<PushOutcome>> PushAsync(TreeAddress tree, SnapshotId expected, SnapshotId head, string branch = "main", string requestId = "")
    {
        var name = BranchName.Parse(branch).Value;
        var request = new PushBranch { Name = name, Expected = expected, Head = head, Copy = Copy, RequestId = requestId };
        return CallAsync(g => g.GetGrain<IBranchGrain>(GrainKeys.Branch(tree, name)).PushAsync(request, default));
    }

    public Task<Reply<StageOutcome>> StageAsync(TreeAddress tree, SnapshotId @base, SnapshotId snapshot, long sequence, string branch = "main")
    {
        var request = new StageSnapshot { Copy = Copy, Branch = BranchName.Parse(branch).Value, Base = @base, Snapshot = snapshot, Sequence = sequence };
        return CallAsync(g => g.GetGrain<IStagingAggregatorGrain>(GrainKeys.Tree(tree)).StageAsync(request, default));
    }

    public Task<Reply<StagedPage>> ListStagedAsync(TreeAddress tree, bool ended = false) =>
        CallAsync(g => g.GetGrain<IStagingAggregatorGrain>(GrainKeys.Tree(tree)).ListAsync(new StagedQuery { IncludeEnded = ended }, default));

    public Task<Reply<EventPage>> ReadEventsAsync(TreeAddress tree, long after) =>
        CallAsync(g => g.GetGrain<ITreeEventsGrain>(GrainKeys.Tree(tree)).ReadAsync(after, default));

    public Task<Reply<BranchPage>> ListBranchesAsync(TreeAddress tree) =>
        CallAsync(g => g.GetGrain<ITreeGrain>(GrainKeys.Tree(tree)).ListBranchesAsync("", default));
}
