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
    var (ratios, work) = (new List<double>(), new List<double>());
    var (without, with) = (default(Cost), default(Cost));
    for (var round = 0; round <= rounds; round++)
    {
        var count = callers == 1 ? calls / 4 : calls;
        without = await MeasureAsync(callers, count, name => bare.Client.GetGrain<IBareCounterGrain>(GrainKeys.Branch(tree, name)).AddAsync(default), present: false);
        with = await MeasureAsync(callers, count, name => guarded.Client.GetGrain<IGuardedCounterGrain>(GrainKeys.Branch(tree, name)).AddAsync(default), present: true);
        if (round > 0)
        {
            ratios.Add(with.Seconds / without.Seconds);
            work.Add(with.ProcessorSeconds / without.ProcessorSeconds);
        }
    }

    ratios.Sort();
    work.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{callers} callers: {without.Seconds * 1e6:N0} µs a call without, {with.Seconds * 1e6:N0} µs with ticket, check and audit; ratio {ratios[ratios.Count / 2]:N2} (median of {ratios.Count}, least {ratios[0]:N2}, most {ratios[^1]:N2})"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"  processor {without.ProcessorSeconds * 1e6:N0} and {with.ProcessorSeconds * 1e6:N0} µs, ratio {work[work.Count / 2]:N2}; allocated {without.Bytes / 1024:N1} and {with.Bytes / 1024:N1} KiB"));
}

Directory.Delete(folder, recursive: true);

async Task<Cost> MeasureAsync(int callers, int count, Func<BranchName, Task<long>> call, bool present)
{
    using var process = Process.GetCurrentProcess();
    var (watch, before, bytes) = (Stopwatch.StartNew(), process.TotalProcessorTime, GC.GetTotalAllocatedBytes());
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
    process.Refresh();
    var done = (double)(count / callers * callers);
    return new Cost(watch.Elapsed.TotalSeconds / done, (process.TotalProcessorTime - before).TotalSeconds / done, (GC.GetTotalAllocatedBytes() - bytes) / done);
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
