using System.Diagnostics;
using System.Globalization;
using W0rktree.Simulation.Tests.Accounts;

namespace W0rktree.Simulation.Tests;

public sealed class DeterminismTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(20260101)]
    public void The_same_seed_gives_the_same_trace_byte_for_byte(ulong seed) => Assert.Equal(TraceOf(seed), TraceOf(seed));

    [Fact]
    public async Task The_same_seed_gives_the_same_trace_in_another_process()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            ArgumentList = { typeof(AccountScenario).Assembly.Location, "trace", "7" },
        };
        using var process = Process.Start(start)!;
        var other = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(TraceOf(7), other);
    }

    [Fact]
    public void Different_seeds_give_different_traces()
    {
        var traces = Enumerable.Range(1, 20).Select(seed => TraceOf((ulong)seed)).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(20, traces.Count);
    }

    [Fact]
    public void A_trace_tells_of_turns_messages_storage_and_crashes()
    {
        var all = string.Concat(Enumerable.Range(1, 10).Select(seed => TraceOf((ulong)seed)));

        foreach (var word in new[] { " turn account/alpha@Silo_", " arrives call IAccountGrain.DepositAsync ", " storage write ", " crash Silo_", " duplicate account/", " conflict: ", " loses its acknowledgement" })
        {
            Assert.Contains(word, all, StringComparison.Ordinal);
        }
    }

    private static string TraceOf(ulong seed)
    {
        using var run = new AccountScenario(seed);
        run.Play<IAccountGrain>();
        Assert.NotEqual("0", run.Acknowledged.ToString(CultureInfo.InvariantCulture));
        return run.Simulation.TraceText;
    }
}
