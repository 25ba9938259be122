using System.Globalization;
using W0rktree.LocalAgent.Tests.Support;
using Xunit.Abstractions;

namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>A slice of tests/campaigns/pipeline, which says with <c>WT_PIPELINE_SEEDS</c> how many seeds and with <c>WT_PIPELINE_FIRST</c> from where; with <c>WT_PIPELINE_TRACE</c> a failure tells its steps.</summary>
public sealed class PipelineSimulationTests(ITestOutputHelper output)
{
    /// <summary>Each kind of sabotage is noticed within some tens of seeds; this many without notice say that the simulation sees nothing.</summary>
    private const int MostUnnoticed = 500;

    [Fact]
    public void No_acknowledged_snapshot_is_lost_and_none_holds_half_a_save()
    {
        var (first, seeds) = (Setting("WT_PIPELINE_FIRST", 1), Setting("WT_PIPELINE_SEEDS", 200));
        var met = new SimulationCounts();
        Pumped((pump, folder) =>
        {
            for (var seed = first; seed < first + seeds; seed++)
            {
                met.Add(Run(seed, pump, folder, Sabotage.None));
            }
        });

        output.WriteLine($"{seeds} seeds from {first}: {met}; nothing lost, nothing half");
        Assert.True(met.Snapshots > seeds && met.AmidSaves > 0 && met.PowerLosses > 0 && met.Overflows > 0, $"the simulation met too little: {met}");
    }

    [Theory]
    [InlineData(Sabotage.DiskForgetsSyncs, "lost", "damaged", "missing", "corrupt", "store_")]
    [InlineData(Sabotage.WatcherLosesEvents, "status is wrong", "did not record")]
    [InlineData(Sabotage.EngineDoesNotWait, "half a save", "in the middle of a save")]
    public void What_is_broken_on_purpose_is_noticed(Sabotage sabotage, params string[] oneOf)
    {
        Exception? noticed = null;
        Pumped((pump, folder) =>
        {
            for (var seed = 1; seed <= MostUnnoticed && noticed is null; seed++)
            {
                noticed = Record.Exception(() => Run(seed, pump, folder, sabotage));
            }
        });

        Assert.NotNull(noticed);
        output.WriteLine(noticed.Message);
        Assert.True(Array.Exists(oneOf, text => noticed.ToString().Contains(text, StringComparison.Ordinal)), noticed.ToString());
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static SimulationCounts Run(int seed, Pump pump, TempFolder folder, Sabotage sabotage)
    {
        var steps = Environment.GetEnvironmentVariable("WT_PIPELINE_TRACE") is { Length: > 0 } ? new List<string>() : null;
        var simulation = new PipelineSimulation(seed, folder, pump, sabotage, steps is null ? null : steps.Add);
        try
        {
            simulation.Run();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"{e.Message}\n{string.Join('\n', steps ?? [])}", e);
        }

        return simulation.Counts;
    }

    private static void Pumped(Action<Pump, TempFolder> work)
    {
        using var folder = new TempFolder(); // Of all seeds: next to nothing of a run is on a real disk, and nothing that another one sees.
        var before = SynchronizationContext.Current;
        var pump = new Pump();
        SynchronizationContext.SetSynchronizationContext(pump);
        try
        {
            work(pump, folder);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }
}
