using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Access;
using W0rktree.Grains.Accounts;
using W0rktree.Grains.Audit;
using W0rktree.Grains.State;
using W0rktree.Grains.Tenants;

namespace W0rktree.Grains.Hosting;

/// <summary>Adds what the grains need to a silo, the filter before every call included.</summary>
public static class GrainServices
{
    /// <summary>Adds the grains' services. The host gives storage under <see cref="StateStores.Name"/> and an object vault.</summary>
    public static ISiloBuilder AddW0rktreeGrains(this ISiloBuilder silo, TicketKeyRing keys, RevocationOptions revocation)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.TryAddSingleton<RegistrationOptions>();
        silo.Services.TryAddSingleton(new QuotaOptions());
        silo.Services.AddSingleton(keys);
        silo.Services.AddSingleton(revocation);
        silo.Services.AddSingleton<TicketMint>();
        silo.Services.AddSingleton<RevokedTickets>();
        silo.Services.AddSingleton<ExposedStates>();
        silo.Services.AddSingleton<DecisionFacts>();
        silo.Services.AddSingleton<PolicyLibrary>();
        silo.Services.AddSingleton<RefusalReasons>();
        silo.Services.AddSingleton<IRefusalReasons>(static s => s.GetRequiredService<RefusalReasons>());
        silo.Services.AddSingleton(static s => new TenantGuard(
            s.GetRequiredService<DecisionFacts>(), s.GetRequiredService<PolicyLibrary>(),
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<RefusalReasons>(), s.GetRequiredService<ILogger<TenantGuard>>()));
        silo.Services.AddSingleton<IReadingRights, ReadingRights>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RevocationRegistration>();
        return silo.AddIncomingGrainCallFilter<TicketCallFilter>();
    }
}
