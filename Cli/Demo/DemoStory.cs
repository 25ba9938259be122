using System.Text.Json;
using W0rktree.Cli.Output;

namespace W0rktree.Cli.Demo;

/// <summary>The story of the demo. It reads from top to bottom, and each chapter proves what it says.</summary>
internal sealed class DemoStory(DemoSettings settings, string source, Terminal terminal, TimeProvider clock) : IAsyncDisposable
{
    private const string Team = "demo-team";
    private const string Worktree = "project";

    private readonly Narrator _tell = new(terminal, clock);
    private readonly DemoPerson _ada = new(settings, "ada", "Ada Lovelace");
    private readonly DemoPerson _bob = new(settings, "bob", "Bob Kahn");
    private readonly DemoServer _server = new(settings, clock);
    private string _shared = "";
    private string _adaOnly = "";
    private string _bobOnly = "";

    /// <summary>Plays the story. Gives 0 where everything was as it should be.</summary>
    public async Task<int> RunAsync(bool keep, CancellationToken cancellationToken)
    {
        var succeeded = false;
        try
        {
            await StartServerAsync(cancellationToken);
            await FoundTeamAsync(cancellationToken);
            await ImportAsync(cancellationToken);
            await CloneAsync(cancellationToken);
            await WorkOnTheSameFileAsync(cancellationToken);
            await WorkOfflineAsync(cancellationToken);
            await PushAndMergeAsync(cancellationToken);
            await CompareAsync(cancellationToken);
            Finish(keep);
            succeeded = true;
            return ExitCodes.Ok;
        }
        catch (DemoException e)
        {
            _tell.Fail(e.Message);
            _tell.Note($"Everything is left in {settings.Folder} to be looked at.");
            return ExitCodes.Failed;
        }
        finally
        {
            await CleanUpAsync(keep && succeeded, keepFolder: !succeeded);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        _tell.Chapter("A server of their own");
        await _server.StartAsync(cancellationToken);
        _tell.Note($"worktree-server runs at {_server.Url}, its data in {settings.Folder}/server");
    }

    private async Task FoundTeamAsync(CancellationToken cancellationToken)
    {
        _tell.Chapter("An organisation with two members");
        await _ada.RegisterAsync(_server.Url, cancellationToken);
        await _bob.RegisterAsync(_server.Url, cancellationToken);
        _tell.Does("ada and bob", $"register: wt login {_server.Url} --register");
        await _ada.AskAsync(["tenant", "create", Team], cancellationToken);
        await _ada.AskAsync(["tenant", "add", Team, "bob", "--role", "developer"], cancellationToken);
        _tell.Does("ada", $"founds {Team} and lets bob in: wt tenant add {Team} bob --role developer");
    }

    private async Task ImportAsync(CancellationToken cancellationToken)
    {
        _tell.Chapter("A directory comes under version control");
        var copied = SampleTree.Copy(source, _ada.Work);
        _tell.Note($"a copy of {source}: {copied.Files:N0} files, {copied.Bytes / 1024.0 / 1024.0:N1} MiB (the original is not touched)");
        var started = clock.GetTimestamp();
        var init = await _ada.AskAsync(["init", "--owner", Team, "--name", Worktree], cancellationToken);
        _tell.Does("ada", "wt init");
        _tell.Sees("ada", $"{init.GetProperty("files").GetInt32():N0} files in snapshot {Short(init, "snapshot")} after {Elapsed(started)}");
        started = clock.GetTimestamp();
        await ReleaseAsync(cancellationToken);
        var push = await _ada.AskAsync(["push", "-m", "Begin"], cancellationToken);
        _tell.Does("ada", "wt push -m \"Begin\"");
        _tell.Sees("ada", $"main is at {Short(push, "after")} on the server, {push.GetProperty("bytes_sent").GetInt64():N0} bytes sent in {Elapsed(started)}");
    }

    private async Task CloneAsync(CancellationToken cancellationToken)
    {
        _tell.Chapter("The second member clones it");
        var started = clock.GetTimestamp();
        var clone = await _bob.AskAsync(["clone", $"{_server.Url}/{Team}/{Worktree}", _bob.Work], cancellationToken);
        _tell.Does("bob", $"wt clone {_server.Url}/{Team}/{Worktree}");
        _tell.Sees("bob", $"{clone.GetProperty("files").GetInt32():N0} files at {Short(clone, "snapshot")} after {Elapsed(started)}");
        RequireEqual("after the clone");
        _shared = SampleTree.FindText(_ada.Work, new HashSet<string>()) ?? throw new DemoException($"{source} has no text file with ten lines to edit.");
        _adaOnly = SampleTree.FindText(_ada.Work, new HashSet<string> { _shared }) ?? _shared;
        _bobOnly = SampleTree.FindText(_ada.Work, new HashSet<string> { _shared, _adaOnly }) ?? _shared;
    }

    private async Task WorkOnTheSameFileAsync(CancellationToken cancellationToken)
    {
        _tell.Chapter("Both touch the same file; nobody has pushed or asked");
        await using var ada = _ada.Watch();
        await using var bob = _bob.Watch();
        await ada.NextAsync(IsType("subscribed"), "ada is subscribed", cancellationToken);
        await bob.NextAsync(IsType("subscribed"), "bob is subscribed", cancellationToken);

        SampleTree.EditFirstLine(Path.Combine(_ada.Work, _shared), "ada was here");
        _tell.Does("ada", $"edits the first line of {_shared} and does nothing else");
        var staged = await bob.NextAsync(e => IsStagedBy(e, "ada"), "ada's work is staged", cancellationToken);
        _tell.Sees("bob", $"ada works on {_shared} (an automatic snapshot after {DemoSettings.InactivitySeconds} s without a change; 30 s by default)");
        SampleTree.EditLastLine(Path.Combine(_bob.Work, _shared), "bob was here");
        _tell.Does("bob", $"edits the last line of {_shared}");
        var warning = await ada.NextAsync(e => IsOverlapOn(e, _shared), $"bob works on {_shared} too", cancellationToken);
        var delay = warning.At - warning.Body.GetProperty("server_time").GetDateTimeOffset();
        _tell.Sees("ada", $"! bob works on {_shared} too, {Math.Max(0, delay.TotalMilliseconds):N0} ms after the server acknowledged bob's snapshot");
        await bob.NextAsync(e => IsOverlapOn(e, _shared), $"ada works on {_shared} too", cancellationToken);
        _tell.Sees("bob", $"! ada works on {_shared} too");
        _ = staged;
        await TellStagedListAsync(_ada, cancellationToken);
        await TellStagedListAsync(_bob, cancellationToken);
    }

    private async Task WorkOfflineAsync(CancellationToken cancellationToken)
    {
        _tell.Chapter("The server is away; work goes on");
        await _server.StopAsync(cancellationToken);
        _tell.Note("the server is stopped");
        SampleTree.EditLastLine(Path.Combine(_bob.Work, _bobOnly), "bob wrote this offline");
        var snapshot = await _bob.AskAsync(["snapshot", "-m", "Work without a server"], cancellationToken);
        _tell.Does("bob", $"edits {_bobOnly}, wt snapshot -m \"Work without a server\"");
        _tell.Sees("bob", $"snapshot {Short(snapshot.GetProperty("snapshot"), "id")} is kept");
        var status = await WaitForSyncAsync(_bob, sync => sync.GetProperty("state").GetString() == "offline", "offline", cancellationToken);
        _tell.Sees("bob", $"wt status: the server does not answer, {status.GetProperty("pending").GetInt32()} waiting");
        await _server.StartAsync(cancellationToken);
        var started = clock.GetTimestamp();
        _tell.Note($"the server is back at {_server.Url}");
        await WaitForSyncAsync(_bob, sync => sync.GetProperty("state").GetString() == "idle" && sync.GetProperty("pending").GetInt32() == 0, "caught up", cancellationToken);
        _tell.Sees("bob", $"sync caught up by itself after {Elapsed(started)}");
    }

    private async Task PushAndMergeAsync(CancellationToken cancellationToken)
    {
        _tell.Chapter("Push, a stale base, a merge");
        SampleTree.EditLastLine(Path.Combine(_ada.Work, _adaOnly), "ada wrote this");
        var push = await _ada.AskAsync(["push", "-m", "Ada's part"], cancellationToken);
        _tell.Does("ada", $"edits {_adaOnly}, wt push -m \"Ada's part\"");
        _tell.Sees("ada", $"main is at {Short(push, "after")}");
        var refusal = await _bob.ExpectRefusalAsync(ExitCodes.Conflict, ["push", "-m", "Bob's part"], cancellationToken);
        _tell.Does("bob", "wt push -m \"Bob's part\"");
        _tell.Sees("bob", $"refused: {refusal.GetProperty("message").GetString()}");
        var pull = await _bob.AskAsync(["pull"], cancellationToken);
        _tell.Does("bob", "wt pull");
        _tell.Sees("bob", $"{pull.GetProperty("outcome").GetString()}: edits in different lines of {_shared} join by themselves");
        RequireText(_bob, _shared, "ada was here", "bob was here");
        var second = await _bob.AskAsync(["push", "-m", "Bob's part"], cancellationToken);
        _tell.Does("bob", "wt push -m \"Bob's part\"");
        _tell.Sees("bob", $"main is at {Short(second, "after")}");
        await _ada.AskAsync(["pull"], cancellationToken);
        _tell.Does("ada", "wt pull");
    }

    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        _tell.Chapter("Both have the same");
        RequireEqual("at the end");
        var ada = await RootOfAsync(_ada, cancellationToken);
        var bob = await RootOfAsync(_bob, cancellationToken);
        if (ada != bob)
        {
            throw new DemoException($"The roots differ: {ada} and {bob}.");
        }

        _tell.Sees("both", $"root {ada[..12]}; every file hashed by an independent walk: {Fingerprint.Of(_ada.Work)[..12]} = {Fingerprint.Of(_bob.Work)[..12]}, {Fingerprint.CountFiles(_ada.Work):N0} files");
        foreach (var person in new[] { _ada, _bob })
        {
            var doctor = await person.AskAsync(["doctor"], cancellationToken);
            _tell.Note($"wt doctor of {person.Name}: healthy, {doctor.GetProperty("objects").GetInt64():N0} objects read and hashed");
        }
    }

    private void Finish(bool keep)
    {
        _tell.Write("");
        _tell.Write("Try next:");
        _tell.Write(keep
            ? $"  cd {_ada.Work}   with HOME={_ada.Home} XDG_RUNTIME_DIR={_ada.Home}/run, then wt log, wt reflog, wt staged watch"
            : "  ./wt demo DIR --keep   leaves both people and the server running");
        _tell.Write("  ./wt init in a directory of yours, edit, then wt status, wt log, wt diff");
        _tell.Write("  docs/tutorial/ walks through it in five minutes");
    }

    private async Task CleanUpAsync(bool keep, bool keepFolder)
    {
        if (keep)
        {
            _tell.Note($"Left running: the server (process {_server.ProcessId}) and the agents; 'wt worker stop' with each HOME, 'wt server stop --data {settings.Folder}/server' end them.");
            return;
        }

        foreach (var person in new[] { _ada, _bob })
        {
            _ = await person.TryAsync(null, ["worker", "stop"], CancellationToken.None);
        }

        await _server.StopAsync(CancellationToken.None);
        if (!keepFolder)
        {
            Directory.Delete(settings.Folder, recursive: true);
        }
    }

    private async Task TellStagedListAsync(DemoPerson person, CancellationToken cancellationToken)
    {
        var list = await person.AskAsync(["staged", "list"], cancellationToken);
        var lines = list.GetProperty("entries").EnumerateArray()
            .Select(entry => $"{entry.GetProperty("account").GetString()}: {string.Join(", ", entry.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("path").GetString()))}");
        _tell.Sees(person.Name, $"wt staged list: {string.Join("; ", lines)}");
    }

    private async Task<JsonElement> WaitForSyncAsync(DemoPerson person, Func<JsonElement, bool> reached, string what, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (clock.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
        {
            var sync = (await person.AskAsync(["status"], cancellationToken)).GetProperty("sync");
            if (reached(sync))
            {
                return sync;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken);
        }

        throw new DemoException($"{person.Name}'s sync was not {what} within a minute.");
    }

    private static async Task<string> RootOfAsync(DemoPerson person, CancellationToken cancellationToken) =>
        (await person.AskAsync(["show"], cancellationToken)).GetProperty("snapshot").GetProperty("root").GetString()!;

    private void RequireEqual(string when)
    {
        if (Fingerprint.Of(_ada.Work) != Fingerprint.Of(_bob.Work))
        {
            throw new DemoException($"The two directories differ {when}: compare {_ada.Work} and {_bob.Work}.");
        }
    }

    private static void RequireText(DemoPerson person, string path, params string[] texts)
    {
        var content = File.ReadAllText(Path.Combine(person.Work, path));
        foreach (var text in texts.Where(text => !content.Contains(text, StringComparison.Ordinal)))
        {
            throw new DemoException($"{person.Name}'s {path} lacks '{text}' after the merge.");
        }
    }

    private static Func<JsonElement, bool> IsType(string type) => e => e.GetProperty("type").GetString() == type;

    private static bool IsStagedBy(JsonElement e, string account) =>
        e.GetProperty("type").GetString() == "staged" && e.GetProperty("staged").GetProperty("account").GetString() == account;

    private static bool IsOverlapOn(JsonElement e, string path) =>
        e.GetProperty("type").GetString() == "overlap" && e.GetProperty("overlaps").EnumerateArray().Any(o => o.GetProperty("path").GetString() == path);

    /// <summary>The directory is the user's, and may hold test keys or archives; the server is the demo's own, so they may go there.</summary>
    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        var released = (await _ada.AskAsync(["sync", "allow", "--all"], cancellationToken)).GetProperty("allowed").GetArrayLength();
        if (released > 0)
        {
            _tell.Does("ada", "wt sync allow --all");
            _tell.Sees("ada", $"{released} findings that look like secrets, or files such as archives, would have been held back");
        }
    }

    private static string Short(JsonElement answer, string property) => answer.GetProperty(property).GetString()![..12];

    private string Elapsed(long started) => $"{clock.GetElapsedTime(started).TotalSeconds:N1} s";
}
