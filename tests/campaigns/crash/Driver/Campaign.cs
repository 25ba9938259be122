namespace W0rktree.CrashDriver;

/// <summary>
/// Cuts each operation off at each of its calls, and each recovery after that at each of its own; then lets calls that write fail
/// in every way, once and for good. Counts, and keeps what was wrong.
/// </summary>
/// <param name="shim">The preload library.</param>
/// <param name="scratch">A folder of its own.</param>
/// <param name="every">1 for all points; a larger number takes every so many.</param>
internal sealed class Campaign(string shim, string scratch, int every)
{
    private readonly Child _child = new(shim, scratch);
    private readonly HashSet<string> _recovered = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];
    private int _kills;
    private int _recoveryKills;
    private int _faults;

    private string Prepared => Path.Combine(scratch, "prepared");

    private string Store => Path.Combine(scratch, "store");

    private string Again => Path.Combine(scratch, "again");

    public async Task<int> RunAsync(IReadOnlyList<string> operations)
    {
        foreach (var operation in operations)
        {
            await PrepareAsync(operation);
            var whole = await FreshAsync(operation, "count", 0, forGood: false);
            if (whole.ExitCode != 0 || whole.Calls == 0)
            {
                _wrong.Add($"{operation}: an undisturbed run ended with {whole.ExitCode} after {whole.Calls} calls");
                continue;
            }

            await KillAsync(operation, whole.Calls);
            await FailAsync(operation, whole.Writes);
            Console.WriteLine($"{operation}: {whole.Calls} calls, {whole.Writes} of them write; so far {_kills} kills, {_recoveryKills} in recoveries, {_faults} faults, {_wrong.Count} wrong");
        }

        _wrong.ForEach(wrong => Console.WriteLine($"WRONG {wrong}"));
        Console.WriteLine($"{_kills} kills, {_recoveryKills} kills in recoveries of {_recovered.Count} different states, {_faults} faults, {_wrong.Count} wrong");
        return _wrong.Count == 0 && _kills > 0 && _faults > 0 ? 0 : 1;
    }

    private async Task PrepareAsync(string operation)
    {
        if (Directory.Exists(Prepared))
        {
            Directory.Delete(Prepared, recursive: true);
        }

        Directory.CreateDirectory(Prepared);
        await Operations.PrepareAsync(operation, Prepared);
    }

    private async Task<ChildRun> FreshAsync(string operation, string mode, int at, bool forGood)
    {
        Child.Copy(Prepared, Store);
        return await _child.RunAsync(operation, Store, mode, at, forGood);
    }

    private async Task KillAsync(string operation, int calls)
    {
        // Threads take turns differently each time, so a few calls more than were counted.
        for (var at = 1; at <= calls + 8; at += every)
        {
            var run = await FreshAsync(operation, "kill", at, forGood: false);
            _kills += run.ExitCode == 0 ? 0 : 1;
            await CutRecoveriesAsync(operation, run.Acknowledged, at);
            await JudgeAsync(operation, Store, run.Acknowledged, $"{operation} killed at call {at}");
        }
    }

    private async Task CutRecoveriesAsync(string operation, string[] acknowledged, int at)
    {
        if (!_recovered.Add($"{operation} {Child.Fingerprint(Store)}"))
        {
            return;
        }

        // Killed in a recovery; what is left then is the next state to recover, until one ends by itself.
        for (var second = 1; ; second += every)
        {
            Child.Copy(Store, Again);
            var recovery = await _child.RunAsync("recover", Again, "kill", second, forGood: false);
            if (recovery.ExitCode == 0)
            {
                return;
            }

            _recoveryKills++;
            await JudgeAsync(operation, Again, acknowledged, $"{operation} killed at call {at}, its recovery at call {second}");
        }
    }

    private async Task FailAsync(string operation, int writes)
    {
        foreach (var mode in new[] { "eio", "enospc", "edquot", "short" })
        {
            foreach (var forGood in new[] { false, true })
            {
                for (var at = 1; at <= writes; at += every)
                {
                    var run = await FreshAsync(operation, mode, at, forGood);
                    _faults++;
                    await JudgeAsync(operation, Store, run.Acknowledged, $"{operation}, {mode} {(forGood ? "from" : "at")} write {at}");
                }
            }
        }
    }

    private async Task JudgeAsync(string operation, string folder, string[] acknowledged, string where)
    {
        try
        {
            if (await Operations.ProblemAsync(operation, folder, acknowledged) is { } problem)
            {
                _wrong.Add($"{where}: {problem}");
            }
        }
        catch (Exception e)
        {
            _wrong.Add($"{where}: {e.GetType().Name}: {e.Message}");
        }
    }
}
