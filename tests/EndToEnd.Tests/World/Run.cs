using System.Diagnostics;
using System.Text.Json;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>Tells how a process ended.</summary>
internal sealed record Ran(string Line, int ExitCode, string Output, string Error)
{
    /// <summary>Gets the last line of the output as JSON, which is the answer of a command with <c>--json</c>.</summary>
    public JsonElement Json
    {
        get
        {
            var lines = Lines;
            return lines.Count > 0 ? lines[^1] : throw new Xunit.Sdk.XunitException($"No answer: {this}");
        }
    }

    public IReadOnlyList<JsonElement> Lines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.Clone())];

    /// <summary>Gets the code of the error in the answer.</summary>
    public string? ErrorCode => Json.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;

    public Ran Expect(int exitCode) => ExitCode == exitCode ? this : throw new Xunit.Sdk.XunitException($"Exit code {exitCode} was expected: {this}");

    public Ran Expect(int exitCode, string errorCode) =>
        Expect(exitCode).ErrorCode == errorCode ? this : throw new Xunit.Sdk.XunitException($"Error {errorCode} was expected: {this}");

    public override string ToString() => $"'{Line}' ended with {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs programs with exactly the environment they are given.</summary>
internal static class Run
{
    /// <summary>Far more than any command of a test takes on a loaded machine; a hang ends here, with words.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    public static ProcessStartInfo Prepare(string program, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    public static async Task<Ran> ToEndAsync(ProcessStartInfo start, string? input = null, TimeSpan? longest = null)
    {
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(longest ?? Longest);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var line = $"{Path.GetFileName(start.FileName)} {string.Join(' ', start.ArgumentList)}";
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new Ran(line, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException e)
        {
            process.Kill();
            throw new Xunit.Sdk.XunitException($"'{line}' did not end.", e);
        }
    }
}
