using System.Diagnostics;
using System.Globalization;

namespace W0rktree.CrashDriver;

/// <summary>What a run of an operation under the shim came to.</summary>
/// <param name="ExitCode">0 for success, <see cref="Child.Refused"/> for a failure that was noticed; above 128 for a signal.</param>
/// <param name="Acknowledged">What the operation said was done.</param>
/// <param name="SaidAfterFailure">What it said after a call that writes had failed, with the call; null for nothing.</param>
/// <param name="Calls">Calls on the folder; 0 where the run was killed.</param>
/// <param name="Writes">Those of them that write.</param>
internal sealed record ChildRun(int ExitCode, string[] Acknowledged, string? SaidAfterFailure, int Calls, int Writes);

/// <summary>Runs operations in processes of their own, with the shim.</summary>
internal sealed class Child(string shim, string scratch)
{
    public const int Refused = 3;
    private const char FailureMark = '!';

    // What a switch replaced is taken away beside its answer; what cannot be taken away stays until the next start, and nobody misses it.
    private const string Harmless = "! unlinkat aside";

    // An operation takes milliseconds.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public async Task<ChildRun> RunAsync(string operation, string folder, string mode, int at, bool forGood)
    {
        var said = Path.Combine(scratch, "said");
        var count = Path.Combine(scratch, "count");
        File.Delete(said);
        File.Delete(count);
        string[] self = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        ProcessStartInfo start = new(Environment.ProcessPath!, [.. self, "run", operation, folder, said]) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment["LD_PRELOAD"] = shim;
        start.Environment["WT_CRASH_ROOT"] = folder;
        start.Environment["WT_CRASH_MODE"] = mode;
        start.Environment["WT_CRASH_AT"] = at.ToString(CultureInfo.InvariantCulture);
        start.Environment["WT_CRASH_GOOD"] = forGood ? "1" : "0";
        start.Environment["WT_CRASH_COUNT"] = count;
        start.Environment["WT_CRASH_SAID"] = said;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill();
            throw new TimeoutException($"{operation}, {mode} at {at}, does not end", e);
        }

        var lines = File.Exists(said) ? await File.ReadAllLinesAsync(said) : [];
        var counted = File.Exists(count) ? (await File.ReadAllTextAsync(count)).Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray() : [0, 0];
        LastError = (await error).Trim();
        return new ChildRun(process.ExitCode, [.. lines.Where(line => line[0] != FailureMark)], AfterFailure(lines), counted[0], counted[1]);
    }

    /// <summary>What the last run wrote to its standard error.</summary>
    public string LastError { get; private set; } = "";

    private static string? AfterFailure(string[] lines)
    {
        var failed = Array.FindIndex(lines, line => line[0] == FailureMark && line != Harmless);
        var after = failed < 0 ? -1 : Array.FindIndex(lines, failed, line => line[0] != FailureMark);
        return after < 0 ? null : $"'{lines[after]}' after a failed {lines[after - 1][2..]}";
    }
}
