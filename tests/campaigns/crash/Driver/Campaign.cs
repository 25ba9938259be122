namespace W0rktree.CrashDriver;

/// <summary>
/// Cuts each operation off at each of its calls, and each recovery after that at each of its own that changes something; then lets calls that write fail
/// in every way, once and for good. States that are equal byte by byte recover alike and are judged once.
/// </summary>
/// <param name="shim">The preload library.</param>
/// <param name="scratch">A folder of its own.</param>
/// <param name="every">1 for all points; a larger number takes every so many.</param>
internal sealed class Campaign(string shim, string scratch, int every)
{
    private readonly Child _child = new(shim, scratch);
    private readonly HashSet<string> _recovered = new(StringComparer.Ordinal);
    private readonly HashSet<string> _judged = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];
    private int _kills;
    private int _recoveryKills;
    private int _faults;

    private string Prepared => Path.Combine(scratch, "prepared");

    private string Folder => Path.Combine(scratch, "folder");

    private string Again => Path.Combine(scratch, "again");

    private string Judged => Path.Combine(scratch, "judged");

    public async Task<int> RunAsync(IReadOnlyList<string> operations)
    {
        foreach (var operation in operations)
        {
            var work = Works.Of(operation);
            await PrepareAsync(work, operation);
            var whole = await FreshAsync(operation, "count", 0, forGood: false);
            if (whole.ExitCode != 0 || whole.Calls == 0)
            {
                _wrong.Add($"{operation}: an undisturbed run ended with {whole.ExitCode} after {whole.Calls} calls: {_child.LastError}");
                continue;
            }

            await JudgeAsync(work, operation, Folder, whole.Acknowledged, $"{operation}, undisturbed");
            await KillAsync(work, operation, whole.Calls);
            await FailAsync(work, operation, whole.Writes);
            Console.WriteLine($"{operation}: {whole.Calls} calls, {whole.Writes} of them write; so far {_kills} kills, {_recoveryKills} in recoveries, {_faults} faults, {_wrong.Count} wrong");
        }

        _wrong.ForEach(wrong => Console.WriteLine($"WRONG {wrong}"));
        Console.WriteLine($"{_kills} kills, {_recoveryKills} kills in recoveries of {_recovered.Count} different states, {_faults} faults, {_judged.Count} different states judged, {_wrong.Count} wrong");
        return _wrong.Count == 0 && _kills > 0 && _faults > 0 ? 0 : 1;
    }

    /// <summary>Does again what a finding names, and leaves what is found in <c>again</c>: a kill of an operation and then of its recoveries.</summary>
    public async Task<int> OnceAsync(string operation, IReadOnlyList<int> calls)
    {
        var work = Works.Of(operation);
        await PrepareAsync(work, operation);
        var run = await FreshAsync(operation, "kill", calls[0], forGood: false);
        FolderState.Copy(Folder, Again);
        foreach (var call in calls.Skip(1))
        {
            await _child.RunAsync($"recover/{operation}", Again, "change", call, forGood: false);
        }

        await JudgeAsync(work, operation, Again, run.Acknowledged, $"{operation} killed at {string.Join(", then its recovery at change ", calls)}");
        Console.WriteLine(_wrong.Count == 0 ? "right" : _wrong[0]);
        return _wrong.Count;
    }

    private async Task PrepareAsync(IWork work, string operation)
    {
        if (Directory.Exists(Prepared))
        {
            Directory.Delete(Prepared, recursive: true);
        }

        Directory.CreateDirectory(Prepared);
        await work.PrepareAsync(operation, Prepared);
    }

    private async Task<ChildRun> FreshAsync(string operation, string mode, int at, bool forGood)
    {
        FolderState.Copy(Prepared, Folder);
        return await _child.RunAsync(operation, Folder, mode, at, forGood);
    }

    private async Task KillAsync(IWork work, string operation, int calls)
    {
        // Threads take turns differently each time, so a few calls more than were counted.
        for (var at = 1; at <= calls + 8; at += every)
        {
            var run = await FreshAsync(operation, "kill", at, forGood: false);
            _kills += run.ExitCode == 0 ? 0 : 1;
            await CutRecoveriesAsync(work, operation, run.Acknowledged, at);
            await JudgeAsync(work, operation, Folder, run.Acknowledged, $"{operation} killed at call {at}");
        }
    }

    private async Task CutRecoveriesAsync(IWork work, string operation, string[] acknowledged, int at)
    {
        if (!_recovered.Add($"{operation} {FolderState.Fingerprint(Folder)}"))
        {
            return;
        }

        // Until one ends by itself. A call that changes nothing leaves what is there before the next one that does, so only those
        // are cut: a start of the process costs more than all else.
        for (var second = 1; ; second += every)
        {
            FolderState.Copy(Folder, Again);
            var recovery = await _child.RunAsync($"recover/{operation}", Again, "change", second, forGood: false);
            var where = $"{operation} killed at call {at}, its recovery at change {second}";
            if (recovery.ExitCode == 0)
            {
                return;
            }

            if (recovery.ExitCode == Child.Refused)
            {
                _wrong.Add($"{where}: the start fails by itself: {_child.LastError}");
                return;
            }

            _recoveryKills++;
            await JudgeAsync(work, operation, Again, acknowledged, where);
        }
    }

    private async Task FailAsync(IWork work, string operation, int writes)
    {
        foreach (var mode in new[] { "eio", "enospc", "edquot", "short" })
        {
            foreach (var forGood in new[] { false, true })
            {
                for (var at = 1; at <= writes; at += every)
                {
                    var run = await FreshAsync(operation, mode, at, forGood);
                    var where = $"{operation}, {mode} {(forGood ? "from" : "at")} write {at}";
                    _faults++;
                    if (run.ExitCode is not (0 or Child.Refused))
                    {
                        _wrong.Add($"{where}: ended with {run.ExitCode}: {_child.LastError}");
                    }

                    if (run.SaidAfterFailure is { } said)
                    {
                        _wrong.Add($"{where}: said {said}");
                    }

                    await JudgeAsync(work, operation, Folder, run.Acknowledged, where);
                }
            }
        }
    }

    private async Task JudgeAsync(IWork work, string operation, string folder, string[] acknowledged, string where)
    {
        if (!_judged.Add($"{operation} {FolderState.Fingerprint(folder)} {string.Join(' ', acknowledged)}"))
        {
            return;
        }

        FolderState.Copy(folder, Judged);
        try
        {
            if (await work.ProblemAsync(operation, Judged, acknowledged) is { } problem)
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
