using System.Diagnostics;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Tests.Completion;

/// <summary>Lets real shells complete with the printed scripts and the real program.</summary>
public sealed class ShellTests : IAsyncDisposable
{
    private const string Branches = """{"result":{"branches":[{"name":"main","snapshot":null,"current":true,"remote":false,"deleted":false},{"name":"main@server","snapshot":null,"current":false,"remote":true,"deleted":false}]}}""";

    private readonly CommandLine _line = new();
    private readonly FakeAgent _agent;

    public ShellTests()
    {
        _agent = _line.Agent(Methods.BranchList, Branches);
        File.WriteAllText(Path.Combine(_line.Folder, "notes one.md"), "");
        Directory.CreateDirectory(Path.Combine(_line.Folder, "nested"));

    }

    public static TheoryData<string, string> BashLines => new()
    {
        { "wt sta", "status staged" },
        { "wt branch sw", "switch" },
        { "wt branch switch ma", "main main@server" },
        // Only what follows the cut of '@' is replaced.
        { "wt branch switch main@", "server" },
        { "wt diff not", "notes one.md" },
        { "wt init ne", "nested" },
        { "wt completion f", "fish" },
        { "wt status --te", "--team" },
    };

    [ShellTheory("bash")]
    [MemberData(nameof(BashLines))]
    public async Task Bash_completes(string typed, string expected)
    {
        const string script = """
            eval "$(wt completion bash)"
            COMP_LINE=$1 COMP_POINT=${#1}
            # As readline cuts: at spaces, and at '@', ':' and '='.
            spaced=${1//@/ @ }
            read -ra COMP_WORDS <<<"$spaced"
            case $1 in *@) COMP_WORDS+=('') ;; esac
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _wt_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        Assert.Equal(expected, string.Join(' ', await RunAsync("bash", "-c", script, "bash", typed)));
    }

    [ShellTheory("fish")]
    [InlineData("wt sta", "staged status")]
    [InlineData("wt branch switch ma", "main main@server")]
    [InlineData("wt branch switch main@", "main@server")]
    [InlineData("wt completion f", "fish")]
    [InlineData("wt init ne", "nested/")]
    public async Task Fish_completes(string typed, string expected)
    {
        var lines = await RunAsync("fish", "--no-config", "-c", "wt completion fish | source; complete -C $argv[1]", typed);
        Assert.Equal(expected, string.Join(' ', lines.Select(l => l.Split('\t')[0])));
    }

    [ShellTheory("zsh")]
    [InlineData("wt|sta", "status staged")]
    [InlineData("wt|branch|switch|main@", "main@server")]
    public async Task Zsh_completes(string typed, string expected)
    {
        // The widget's own builtins exist only inside of a line editor; they are replaced by one that prints.
        const string script = """
            compdef() { : }
            _describe() { local item; for item in "${items[@]}"; do print -r -- "${${item%%:*}}"; done }
            eval "$(wt completion zsh)"
            words=("${(@s:|:)1}"); CURRENT=${#words}
            _wt
            """;
        Assert.Equal(expected, string.Join(' ', await RunAsync("zsh", "-f", "-c", script, "zsh", typed)));
    }

    [ShellFact("pwsh")]
    public async Task PowerShell_accepts_the_script()
    {
        var lines = await RunAsync("pwsh", "-NoProfile", "-Command", "wt completion powershell | Out-String | Invoke-Expression; (TabExpansion2 'wt sta' 6).CompletionMatches.CompletionText");
        Assert.Equal(["staged", "status"], lines);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _line.Dispose();
    }

    private async Task<string[]> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _line.Folder };
        // The build puts the program beside the tests; its runtime is the one that runs them.
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath("../../..", System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory());
        start.Environment[W0rktree.Cli.Completion.Completions.PatienceVariable] = "60"; // A busy machine compiles the program meanwhile.
        start.Environment["HOME"] = _line.Folder;
        start.Environment["XDG_RUNTIME_DIR"] = _line.Folder;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True((await error).Length == 0, await error);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
