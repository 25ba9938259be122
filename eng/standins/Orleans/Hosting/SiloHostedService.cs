using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Starts the silo with its host, stage by stage, and stops it the other way round.</summary>
internal sealed class SiloHostedService : IHostedService
{
    private readonly Silo _silo;
    private readonly IServiceProvider _services;
    private readonly StagedLifecycle _lifecycle = new();

    public SiloHostedService(Silo silo, IServiceProvider services)
    {
        _silo = silo;
        _services = services;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var refusal in _services.GetServices<StandinRefusal>())
        {
            throw new OrleansConfigurationException(refusal.Message);
        }

        if (_services.GetService<ClusteringChoice>() is null)
        {
            throw new OrleansConfigurationException("No clustering is configured. Call UseLocalhostClustering, or UseAdoNetClustering with the real packages.");
        }

        foreach (var participant in _services.GetServices<ILifecycleParticipant<ISiloLifecycle>>())
        {
            participant.Participate(_lifecycle);
        }

        _lifecycle.Subscribe("Silo", ServiceLifecycleStage.BecomeActive, _ =>
        {
            _silo.Start();
            return Task.CompletedTask;
        }, _silo.StopAsync);
        await _lifecycle.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _lifecycle.StopAsync(e => _silo.Log.LogError(e, "A part of the silo failed to stop"), cancellationToken);
}

/// <summary>Says that clustering was configured.</summary>
internal sealed record ClusteringChoice(string Name);

/// <summary>Something was configured that only the real packages can do.</summary>
internal sealed record StandinRefusal(string Feature)
{
    public string Message => $"{Feature} needs the real Microsoft.Orleans packages: this build uses the stand-in, which runs in one process. "
        + "Make the packages available to eng/probe and build again.";
}
