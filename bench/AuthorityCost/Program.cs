using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;
using W0rktree.AuthorityCost;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Accounts;
using W0rktree.Grains.Hosting;
using W0rktree.Grains.State;
using W0rktree.Silo.Audit;
using W0rktree.Silo.State;
using W0rktree.Silo.Vault;

// Measures a grain call that persists with ticket, check and audit, beside the same call to a silo without all of them, on the
// server's own storage. Rounds alternate. usage: dotnet run -c Release --project bench/AuthorityCost [CALLS] [ROUNDS] [CALLERS,…]
var calls = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 4_000;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
int[] crowds = args.Length > 2 ? [.. args[2].Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))] : [1, 64];
var folder = Directory.CreateTempSubdirectory("wt-cost-").FullName;
var keys = new TicketKeyRing(TicketKey.Draw());
var mint = new TicketMint(keys, TimeProvider.System);
await using var bareStates = SqliteStates.Open(Path.Combine(folder, "bare.db"), new AuditKey(new byte[32]), TimeProvider.System);
await using var states = SqliteStates.Open(Path.Combine(folder, "guarded.db"), new AuditKey(new byte[32]), TimeProvider.System);
await using var bare = await DeployAsync(silo => silo.Services.AddKeyedSingleton<IGrainStorage>(StateStores.Name, new StateGrainStorage(bareStates)));
await using var guarded = await DeployAsync(silo =>
{
    silo.Services.AddKeyedSingleton<IGrainStorage>(StateStores.Name, new StateGrainStorage(states));
    silo.Services.AddSingleton(new VaultOptions { Folder = Path.Combine(folder, "vault") });
    silo.Services.AddSingleton<IObjectVault, EmbeddedVault>();
    silo.AddW0rktreeGrains(keys, new RevocationOptions());
});

var (account, tree) = await RegisterAsync(guarded.Client);
foreach (var callers in crowds)
{
    var ratios = new List<double>();
    var (bareTime, guardedTime) = (0.0, 0.0);
    for (var round = 0; round <= rounds; round++)
    {
        var count = callers == 1 ? calls / 4 : calls;
        bareTime = await MeasureAsync(callers, count, name => bare.Client.GetGrain<IBareCounterGrain>(GrainKeys.Branch(tree, name)).AddAsync(default), present: false);
        guardedTime = await MeasureAsync(callers, count, name => guarded.Client.GetGrain<IGuardedCounterGrain>(GrainKeys.Branch(tree, name)).AddAsync(default), present: true);
        if (round > 0)
        {
            ratios.Add(guardedTime / bareTime);
        }
    }

    ratios.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{callers} callers: {bareTime * 1e6:N0} µs a call without, {guardedTime * 1e6:N0} µs with ticket, check and audit; ratio {ratios[ratios.Count / 2]:N2} (median of {ratios.Count}, least {ratios[0]:N2}, most {ratios[^1]:N2})"));
}

Directory.Delete(folder, recursive: true);

async Task<double> MeasureAsync(int callers, int count, Func<BranchName, Task<long>> call, bool present)
{
    var watch = Stopwatch.StartNew();
    await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
    {
        var name = BranchName.Parse($"counter-{caller}").Value;
        for (var i = 0; i < count / callers; i++)
        {
            if (present)
            {
                mint.Present(account() with { RequestId = TicketMint.DrawRequestId() });
            }

            await call(name);
        }
    })));
    return watch.Elapsed.TotalSeconds / (count / callers * callers);
}

async Task<(Func<CallerTicket>, TreeAddress)> RegisterAsync(IGrainFactory grains)
{
    var (id, tenant) = (new AccountId(1), new TenantId(2));
    CallerTicket Ticket() => mint.Fresh("r") with { Kind = PrincipalKind.Account, Account = id, Tenant = tenant, Token = TokenHash.Of("t"), Scopes = ["*"] };
    mint.Present(mint.Anonymous("register"));
    var password = new PasswordVerifier { Salt = [.. new byte[16]], Iterations = AccountRules.MinIterations, Hash = [.. new byte[32]] };
    (await grains.GetGrain<IAccountGrain>(GrainKeys.Account(id)).RegisterAsync(
        new RegisterAccount { Tenant = tenant, Slug = "ann", Email = "ann@example.org", Password = password }, default)).Must();
    var address = new TreeAddress(tenant, new WorktreeId(3), new TreeId(4));
    mint.Present(Ticket());
    (await grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(tenant, address.Worktree)).CreateAsync(
        new CreateWorktree { Slug = "w", RootTree = address.Tree, DefaultBranch = BranchName.Main }, default)).Must();
    return (Ticket, address);
}

static async Task<InProcessTestCluster> DeployAsync(Action<ISiloBuilder> configure)
{
    var builder = new InProcessTestClusterBuilder(1);
    builder.ConfigureSilo((_, silo) =>
    {
        silo.Services.AddSingleton(TimeProvider.System);
        configure(silo);
    });
    var cluster = builder.Build();
    await cluster.DeployAsync();
    return cluster;
}
