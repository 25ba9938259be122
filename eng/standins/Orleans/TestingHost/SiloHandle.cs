using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>One silo of a test cluster.</summary>
public abstract class SiloHandle : IDisposable, IAsyncDisposable
{
    /// <summary>Its number.</summary>
    public short InstanceNumber { get; set; }

    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its address.</summary>
    public SiloAddress SiloAddress { get; set; } = null!;

    /// <summary>Tells whether it runs.</summary>
    public abstract bool IsActive { get; }

    /// <summary>Stops it, or kills it.</summary>
    public abstract Task StopSiloAsync(bool stopGracefully);

    /// <summary>Stops it; a cancelled token kills it.</summary>
    public abstract Task StopSiloAsync(CancellationToken ct);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();

    /// <inheritdoc />
    public override string ToString() => $"{Name} {SiloAddress}";

    /// <summary>Ends it.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>One silo in this process.</summary>
public class InProcessSiloHandle : SiloHandle
{
    private bool _isActive = true;

    /// <summary>Its host.</summary>
    public IHost SiloHost { get; init; } = null!;

    /// <summary>Its services.</summary>
    public IServiceProvider ServiceProvider => SiloHost.Services;

    /// <inheritdoc />
    public override bool IsActive => _isActive;

    /// <inheritdoc />
    public override Task StopSiloAsync(bool stopGracefully) => StopSiloAsync(new CancellationToken(canceled: !stopGracefully));

    /// <inheritdoc />
    public override async Task StopSiloAsync(CancellationToken ct)
    {
        if (!_isActive)
        {
            return;
        }

        _isActive = false;
        if (ct.IsCancellationRequested)
        {
            ServiceProvider.GetRequiredService<Silo>().Kill();
        }

        await SiloHost.StopAsync(ct);
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await StopSiloAsync(stopGracefully: true);
        SiloHost.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            SiloHost.Dispose();
        }

        base.Dispose(disposing);
    }
}
