using Orleans.Hosting;
using Orleans.TestingHost;

namespace W0rktree.Orleans.Tests;

/// <summary>One silo with memory storage and reminders, shared by the tests of a class.</summary>
public class TestCluster : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;

    public InProcessTestCluster Cluster => _cluster ?? throw new InvalidOperationException("Not deployed.");

    public IClusterClient Client => Cluster.Client;

    protected virtual short SiloCount => 1;

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(SiloCount);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorageAsDefault();
            silo.AddMemoryGrainStorage("store");
            silo.UseInMemoryReminderService();
            Configure(silo);
        });
        Configure(builder);
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    /// <summary>A key that no other test uses.</summary>
    public static string NewKey() => Guid.NewGuid().ToString("N");

    protected virtual void Configure(ISiloBuilder silo)
    {
    }

    protected virtual void Configure(InProcessTestClusterBuilder builder)
    {
    }
}
