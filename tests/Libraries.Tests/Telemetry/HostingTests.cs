using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace W0rktree.Libraries.Tests.Telemetry;

public sealed class HostingTests
{
    [Fact]
    public async Task Spans_are_recorded_from_the_start_of_the_other_services_until_the_host_is_disposed()
    {
        using var source = new ActivitySource("W0rktree.Tests.Spans");
        using var exporter = new Kept<Activity>(activity => activity.DisplayName);
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddHostedService(_ => new AtStart(() => source.StartActivity("at start")?.Dispose()));
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddSource(source.Name)
            .AddProcessor(new BatchActivityExportProcessor(exporter)));
        using (var host = builder.Build())
        {
            Assert.False(source.HasListeners());
            await host.StartAsync();
            source.StartActivity("later")?.Dispose();
            await host.StopAsync();
        }

        // The batch is written when the provider is disposed with the host.
        Assert.Equal(["at start", "later"], exporter.Items);
        Assert.False(source.HasListeners());
    }

    [Fact]
    public async Task Metrics_logs_and_the_resource_are_configured_once_for_several_calls()
    {
        using var meter = new Meter("W0rktree.Tests.Metrics");
        using var metrics = new Kept<Metric>(metric => metric.Name);
        using var logs = new Kept<LogRecord>(record => record.FormattedMessage ?? "");
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("w0rktree-test"));
        builder.Services.AddOpenTelemetry()
            .WithMetrics(each => each.AddMeter(meter.Name).AddReader(new BaseExportingMetricReader(metrics)))
            .WithLogging(each => each.AddProcessor(new SimpleLogRecordExportProcessor(logs)), options => options.IncludeFormattedMessage = true);
        Assert.Single(builder.Services, service => service.ServiceType == typeof(ITelemetryHostInitializer));
        using (var host = builder.Build())
        {
            await host.StartAsync();
            meter.CreateCounter<int>("snapshots").Add(1);
            host.Services.GetRequiredService<ILogger<HostingTests>>().LogWarning("the {Thing} is full", "disk");
            Assert.True(host.Services.GetRequiredService<MeterProvider>().ForceFlush());
            var resource = host.Services.GetRequiredService<MeterProvider>().GetResource();
            Assert.Contains(resource.Attributes, attribute => attribute is { Key: "service.name", Value: "w0rktree-test" });
            await host.StopAsync();
        }

        Assert.Contains("snapshots", metrics.Items);
        Assert.Contains("the disk is full", logs.Items);
    }

    /// <summary>Keeps a text for each item, since the SDK reuses the items themselves.</summary>
    private sealed class Kept<T>(Func<T, string> describe) : BaseExporter<T>
        where T : class
    {
        public ConcurrentQueue<string> Items { get; } = [];

        public override ExportResult Export(in Batch<T> batch)
        {
            foreach (var item in batch)
            {
                Items.Enqueue(describe(item));
            }

            return ExportResult.Success;
        }
    }

    private sealed class AtStart(Action action) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            action();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
