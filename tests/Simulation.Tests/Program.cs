using System.Globalization;
using W0rktree.Simulation.Tests.Accounts;

// Prints the trace of one seed. A test runs this in another process and compares.
if (args is ["trace", var seed])
{
    using var run = new AccountScenario(ulong.Parse(seed, CultureInfo.InvariantCulture));
    run.Play<IAccountGrain>();
    await Console.Out.WriteAsync(run.Simulation.TraceText);
    return 0;
}

await Console.Error.WriteLineAsync("usage: trace SEED");
return 1;
