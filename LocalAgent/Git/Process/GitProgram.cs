using System.Diagnostics;
using System.Text;
using W0rktree.Core;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Process;

/// <summary>
/// Starts git on one repository, as plumbing: no hooks, no replaced or grafted objects, no prompts, no fetching on its own,
/// and nothing of the environment that could point it elsewhere.
/// </summary>
internal sealed class GitProgram(string gitFolder)
{
    /// <summary>Errors of git that are shown are cut to this many characters.</summary>
    private const int MaxErrorText = 2000;

    private static readonly string[] s_settings = ["core.hooksPath=/dev/null", "core.fsmonitor=false", "core.quotePath=false", "gc.auto=0", "core.deltaBaseCacheLimit=256m"];

    /// <summary>Gets the repository's folder: what <c>git rev-parse --absolute-git-dir</c> says.</summary>
    public string GitFolder => gitFolder;

    /// <summary>Starts git; the caller reads, writes and ends it.</summary>
    public GitRun Start(params IEnumerable<string> arguments) => GitRun.Start(Command(gitFolder, arguments));

    /// <summary>Runs git to its end and gives what it wrote; throws a refusal with its own words where it failed.</summary>
    public async Task<byte[]> RunAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        await using var run = Start(arguments);
        using var output = new MemoryStream();
        var reading = run.Output.CopyToAsync(output, cancellationToken);
        await run.WriteInputAsync(input, cancellationToken);
        await reading;
        await run.EndAsync(cancellationToken);
        return output.ToArray();
    }

    /// <summary>Runs git to its end and gives the lines it wrote.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(CancellationToken cancellationToken, params IEnumerable<string> arguments) =>
        Encoding.UTF8.GetString(await RunAsync(default, cancellationToken, arguments)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs git outside of any repository.</summary>
    public static async Task<Result<string>> RunOutsideAsync(string folder, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        try
        {
            var start = Command(null, arguments);
            start.WorkingDirectory = folder;
            await using var run = GitRun.Start(start);
            using var output = new MemoryStream();
            var reading = run.Output.CopyToAsync(output, cancellationToken);
            await run.WriteInputAsync(default, cancellationToken);
            await reading;
            await run.EndAsync(cancellationToken);
            return Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n');
        }
        catch (GitRefusalException e)
        {
            return e.Error;
        }
    }

    private static ProcessStartInfo Command(string? gitFolder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        start.Environment["GIT_GRAFT_FILE"] = "/dev/null";
        start.Environment["GIT_NO_LAZY_FETCH"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_ALLOW_PROTOCOL"] = "file:git:http:https:ssh";
        start.Environment["LC_ALL"] = "C";
        if (gitFolder is not null)
        {
            start.ArgumentList.Add($"--git-dir={gitFolder}");
        }

        foreach (var setting in s_settings)
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(setting);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>Cuts what git said down to what a person reads.</summary>
    internal static string Shorten(string text) => text.Length <= MaxErrorText ? text.Trim() : $"{text[..MaxErrorText].Trim()} …";
}

/// <summary>One run of git. Its errors are read beside its output, so that it never waits for us.</summary>
internal sealed class GitRun : IAsyncDisposable
{
    private readonly System.Diagnostics.Process _process;
    private readonly Task<string> _errors;
    private readonly string _command;

    private GitRun(System.Diagnostics.Process process, string command)
    {
        (_process, _command) = (process, command);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Gets what it writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Gets where it reads from.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Starts git.</summary>
    public static GitRun Start(ProcessStartInfo start)
    {
        try
        {
            var command = start.ArgumentList.SkipWhile(argument => argument.StartsWith('-') || argument.Contains('=', StringComparison.Ordinal)).FirstOrDefault() ?? "";
            return new GitRun(System.Diagnostics.Process.Start(start)!, command);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new GitRefusalException("git_missing", $"git cannot be started: {e.Message}", "Install git 2.36 or newer; nothing but the bridge to git needs it.");
        }
    }

    /// <summary>Writes its whole input and closes it. That it stopped reading shows in how it ends.</summary>
    public async Task WriteInputAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await Input.WriteAsync(input, cancellationToken);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A broken pipe: EndAsync tells why.
        }
    }

    /// <summary>Waits for its end and throws a refusal where it failed.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        if (_process.ExitCode != 0)
        {
            throw new GitRefusalException("git_failed", $"'git {_command}' ended with {_process.ExitCode}: {GitProgram.Shorten(await _errors)}");
        }
    }

    /// <summary>Waits for its end and gives the exit code, for commands that answer by it.</summary>
    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}
