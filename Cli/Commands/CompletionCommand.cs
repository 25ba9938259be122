using System.CommandLine;
using W0rktree.Cli.Completion;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt completion</c>: prints the script that teaches a shell to complete; the script asks <c>wt __complete</c>.</summary>
internal static class CompletionCommand
{
    /// <summary>The word that begins a shell's question. It is no command: nobody types it.</summary>
    public const string Query = "__complete";

    // Windows PowerShell drops empty arguments.
    private const string EmptyWord = "--empty-word--";

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal) { ["bash"] = "wt.bash", ["zsh"] = "wt.zsh", ["fish"] = "wt.fish", ["powershell"] = "wt.ps1" };

    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("completion", "Print the script that makes a shell complete commands, branches and paths",
            "wt completion bash >> ~/.bashrc", "wt completion zsh >> ~/.zshrc", "wt completion fish > ~/.config/fish/completions/wt.fish", "wt completion powershell >> $PROFILE");
        var shell = command.Take(new Argument<string>("shell") { Description = "bash, zsh, fish or powershell" }.AcceptOnlyFromAmong([.. Scripts.Keys]));
        return command.Run(async (parse, cancellationToken) =>
        {
            using var script = typeof(CompletionCommand).Assembly.GetManifestResourceStream(Scripts[parse.GetValue(shell)!])!;
            using var reader = new StreamReader(script);
            await context.Terminal.Output.WriteAsync(await reader.ReadToEndAsync(cancellationToken));
        });
    }

    /// <summary>Answers a shell: on the first line how to go on (<c>:words</c>, <c>:files</c>, <c>:dirs</c>), then a word and its meaning a line.</summary>
    public static async Task<int> AnswerAsync(CommandContext context, IReadOnlyList<string> words)
    {
        string[] typed = [.. words.Select(word => word == EmptyWord ? "" : word)];
        var found = await Completions.FindAsync(context, HalfLine.Read(CommandTree.Build(context), typed), CancellationToken.None);
        var output = context.Terminal.Output;
        await output.WriteLineAsync(found.Kind switch { CompletionKind.File => ":files", CompletionKind.Folder => ":dirs", _ => ":words" });
        foreach (var candidate in found.Candidates)
        {
            await output.WriteLineAsync($"{candidate.Value}\t{candidate.Description}");
        }

        return ExitCodes.Ok;
    }
}
