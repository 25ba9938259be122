using System.Diagnostics;
using System.Text;
using W0rktree.EndToEnd.Tests.World;
using W0rktree.TestKit;

namespace W0rktree.EndToEnd.Tests.Tutorial;

/// <summary>A shell that somebody types into, block by block, standing in the checkout at first.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private const string End = "@@end of the block@@";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);
    private readonly Process _shell;

    public Terminal()
    {
        var environment = Programs.Environment();
        var start = Run.Prepare("/bin/bash", ["--noprofile", "--norc"], Repository.Root, environment);
        start.RedirectStandardError = false; // The first line typed sends it where the output goes.
        _shell = Process.Start(start)!;
        _shell.StandardInput.WriteLine("exec 2>&1; trap 'echo \"@@failed: $BASH_COMMAND\"' ERR");
    }

    /// <summary>Types a block and gives what was to be read until its last command ended.</summary>
    public async Task<string> TypeAsync(string block)
    {
        await _shell.StandardInput.WriteAsync($"{block}\necho '{End}'\n");
        await _shell.StandardInput.FlushAsync();
        using var limit = new CancellationTokenSource(Longest);
        StringBuilder read = new();
        try
        {
            while (await _shell.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line == End)
                {
                    return read.ToString();
                }

                read.AppendLine(line);
            }
        }
        catch (OperationCanceledException)
        {
            _shell.Kill(entireProcessTree: true);
        }

        throw new Xunit.Sdk.XunitException($"The shell did not come to the end of this block:\n{block}\n{read}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_shell.HasExited)
        {
            _shell.StandardInput.Close();
        }

        using var limit = new CancellationTokenSource(Longest);
        await _shell.WaitForExitAsync(limit.Token);
        _shell.Dispose();
    }
}
