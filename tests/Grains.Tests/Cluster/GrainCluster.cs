using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;
using W0rktree.Grains.Accounts;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Grains.Hosting;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Tests.Cluster;

/// <summary>One silo with the product's grains and filter, a storage that can fail, and a clock that can jump.</summary>
public sealed class GrainCluster : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;

    public ShiftedClock Clock { get; } = new();

    public TicketKeyRing Keys { get; } = new(TicketKey.Draw());

    public TrialStorage Storage { get; } = new();

    public MemoryVault Vault { get; } = new();

    public TicketMint Mint => new(Keys, Clock);

    public InProcessTestCluster Cluster => _cluster ?? throw new InvalidOperationException("Not deployed.");

    public IGrainFactory Grains => Cluster.Client;

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(Clock);
            silo.Services.AddKeyedSingleton<IGrainStorage>(StateStores.Name, Storage);
            silo.Services.AddSingleton<IObjectVault>(Vault);
            silo.AddW0rktreeGrains(Keys, new RevocationOptions { SingleSilo = true });
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    /// <summary>Makes a call as nobody.</summary>
    public Task<T> AsNobodyAsync<T>(Func<Task<T>> call) => WithAsync(Mint.Anonymous("test"), call);

    /// <summary>Makes a call with a ticket.</summary>
    public async Task<T> WithAsync<T>(CallerTicket ticket, Func<Task<T>> call)
    {
        Mint.Present(ticket);
        return await call();
    }

    /// <summary>Makes a call with any text where the ticket belongs.</summary>
    public static async Task<T> WithTextAsync<T>(string? ticket, Func<Task<T>> call)
    {
        if (ticket is null)
        {
            RequestContext.Remove(TicketMint.ContextKey);
        }
        else
        {
            RequestContext.Set(TicketMint.ContextKey, ticket);
        }

        return await call();
    }

    /// <summary>Makes a call and expects it to be turned away before its method ran.</summary>
    public static async Task<Refusal> RefusedAsync<T>(Func<Task<T>> call) => (await Assert.ThrowsAsync<AccessDeniedException>(call)).Refusal;
}
