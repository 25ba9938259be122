using System.Diagnostics;
using System.Globalization;
using W0rktree.Silo.Tests.Server;
using Xunit.Abstractions;

namespace W0rktree.Silo.Tests.Audit;

/// <summary>
/// A server that is killed at any file-system call of a decision leaves no effect without its record, and answers nothing before the
/// record is there. Here some kinds of requests; all of them: tests/campaigns/audit-kill/run.sh.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    // An answer that was sent before the folder stood still has come by then; one that is later counts as sent after the call.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(25);

    private readonly string _folder = Directory.CreateTempSubdirectory("wt-kill-").FullName;

    /// <summary>Gets after how many calls the server is killed indeed.</summary>
    private static int Every => Setting("WT_AUDIT_KILL_EVERY", 90);

    private string Work => Path.Combine(_folder, "work");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// A kill leaves what the files hold at that moment, so the folder as it is before each call that writes is what a kill there leaves, or
    /// at any call that reads since the one before. At some calls the server is killed indeed.
    /// </summary>
    [ShimFact]
    public async Task No_effect_is_there_without_its_record_wherever_the_server_is_killed()
    {
        var shim = await CrashShim.CompileAsync(_folder);
        var scene = await KillScene.MakeAsync(Path.Combine(_folder, "template"));
        var (states, kills, acknowledged, effects) = (0, 0, 0, 0);
        foreach (var operation in KillScene.Operations.Skip(Setting("WT_AUDIT_KILL_SKIP", 0)).Take(Setting("WT_AUDIT_KILL_OPERATIONS", 1)))
        {
            var looks = await StepAsync(shim, scene, operation);
            foreach (var look in looks)
            {
                Count(operation, look.Call, KillJudge.Judge(scene, look.Folder, operation, look.Answered));
                (states, acknowledged) = (states + 1, acknowledged + (look.Answered ? 1 : 0));
                Directory.Delete(look.Folder, recursive: true);
            }

            for (var call = looks[0].Call + (Every / 2); call <= looks[^1].Call; call += Every)
            {
                var (answered, killed) = await KillAsync(shim, scene, operation, call);
                Count(operation, call, KillJudge.Judge(scene, Work, operation, answered));
                (kills, acknowledged) = (kills + (killed ? 1 : 0), acknowledged + (answered ? 1 : 0));
            }

            output.WriteLine($"{operation.Action}: {looks.Count} states between calls {looks[0].Call} and {looks[^1].Call}, {looks.Count(l => l.Answered)} of them after the answer");
        }

        output.WriteLine($"{states} states of the disk and {kills} kills, {acknowledged} of them after the answer, {effects} with an effect, none without its record");
        Assert.True(kills > 0, "The server was never killed.");

        void Count(KillOperation operation, long call, (bool Effect, string? Problem) judged)
        {
            Assert.True(judged.Problem is null, $"{operation.Action} cut off at call {call}: {judged.Problem}");
            effects += judged.Effect ? 1 : 0;
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Runs one operation on a copy of the scene to its end, and the server to its own; copies the folder before each call that writes, from the request on, and at the end.</summary>
    private async Task<List<KillLook>> StepAsync(CrashShim shim, KillScene scene, KillOperation operation)
    {
        await RenewAsync(scene.Folder, Work);
        var (looks, asked, answer) = (new List<KillLook>(), false, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var gate = new StepGate(Path.Combine(_folder, "gate"), async call =>
        {
            if (Volatile.Read(ref asked))
            {
                var copy = Path.Combine(_folder, $"look-{call}");
                await RenewAsync(Work, copy);
                await Task.WhenAny(answer.Task, Task.Delay(OnTheWay));
                looks.Add(new KillLook(call, copy, answer.Task.IsCompleted));
            }
        });
        using var server = await ServerProcess.TryStartAsync(Work, shim.Before(Work, gate));
        Assert.NotNull(server);
        Volatile.Write(ref asked, true);
        Assert.True(await operation.TryAsync(scene.On(server.Channel)));
        answer.SetResult();
        await ServerProcess.RunAsync("stop", "--data", Work);
        await server.EndAsync();
        await gate.Walk;
        Assert.NotEmpty(looks);
        var end = Path.Combine(_folder, "look-end");
        await RenewAsync(Work, end);
        looks.Add(new KillLook(looks[^1].Call + 1, end, true));
        return looks;
    }

    /// <summary>Runs one operation on a copy of the scene with the server killed at a call; says whether the answer came first.</summary>
    private async Task<(bool Answered, bool Killed)> KillAsync(CrashShim shim, KillScene scene, KillOperation operation, long call)
    {
        await RenewAsync(scene.Folder, Work);
        using var server = await ServerProcess.TryStartAsync(Work, shim.At(Work, call));
        if (server is null)
        {
            return (false, true);
        }

        var answered = await operation.TryAsync(scene.On(server.Channel));
        var killed = await server.EndedAsync(answered ? TimeSpan.FromMilliseconds(50) : TestServer.Patience);
        if (!killed)
        {
            await server.KillAsync();
        }

        return (answered, killed);
    }

    /// <summary>Copies a folder by cp, which takes no locks: to open a file here would ask for one, which the server may hold.</summary>
    private static async Task RenewAsync(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        using var copy = Process.Start("cp", ["-r", from, to]);
        await copy.WaitForExitAsync();
        Assert.Equal(0, copy.ExitCode);
    }

    /// <summary>Is a copy of the folder as it was before a call.</summary>
    private sealed record KillLook(long Call, string Folder, bool Answered);
}
