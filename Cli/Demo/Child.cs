using System.Diagnostics;

namespace W0rktree.Cli.Demo;

/// <summary>Tells how a child process ended.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Error);

/// <summary>Runs programs to their end, with an environment of their own.</summary>
internal static class Child
{
    /// <summary>Prepares a program's start with exactly this environment.</summary>
    public static ProcessStartInfo Prepare(string program, IReadOnlyDictionary<string, string> environment, string directory, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Runs a program, hands it its input, and waits for its end.</summary>
    public static async Task<ChildResult> RunAsync(ProcessStartInfo start, string? input, CancellationToken cancellationToken)
    {
        using var process = Process.Start(start) ?? throw new DemoException($"{start.FileName} could not be started.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteLineAsync(input.AsMemory(), cancellationToken);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            return new ChildResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: false);
            throw;
        }
    }
}

/// <summary>Ends the demo at the first thing that is not as it should be.</summary>
internal sealed class DemoException(string message) : Exception(message);
