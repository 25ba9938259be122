using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Completion;

/// <summary>Offers what the word under the cursor may become.</summary>
/// <param name="Kind">How the shell goes on: with the words here, or by itself with files or folders.</param>
internal sealed record Completions(CompletionKind Kind, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>The variable that says how many seconds the agent may take.</summary>
    public const string PatienceVariable = "WT_COMPLETION_TIMEOUT_S";

    /// <summary>How long the agent may take where nothing else is said; a shell that hangs at a Tab is worse than one that offers nothing.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>Finds the candidates. Never starts the agent.</summary>
    public static async Task<Completions> FindAsync(CommandContext context, HalfLine line, CancellationToken cancellationToken)
    {
        if (line.Expected is null)
        {
            return Words(line.Partial.StartsWith('-') ? Options(line) : line.AtCommand ? Commands(line) : [], line);
        }

        var kind = CompletionKinds.Of(line.Command, line.Expected);
        return kind switch
        {
            CompletionKind.File or CompletionKind.Folder => new Completions(kind, []),
            CompletionKind.Branch => Words(await BranchesAsync(context, cancellationToken), line),
            _ => Words(Values(line), line),
        };
    }

    private static Completions Words(IEnumerable<Candidate> candidates, HalfLine line) =>
        new(CompletionKind.Word, [.. candidates.Where(c => c.Value.StartsWith(line.Partial, StringComparison.Ordinal))]);

    private static IEnumerable<Candidate> Commands(HalfLine line) =>
        line.Command.Subcommands.Where(command => !command.Hidden).Select(command => new Candidate(command.Name, command.Description ?? ""));

    private static IEnumerable<Candidate> Options(HalfLine line) =>
        HalfLine.OptionsOf(line.Command).Where(option => option.Name.StartsWith("--", StringComparison.Ordinal)).Select(option => new Candidate(option.Name, option.Description ?? ""));

    private static IEnumerable<Candidate> Values(HalfLine line) =>
        line.Expected!.GetCompletions(CompletionContext.Empty).Select(item => new Candidate(item.Label, item.Detail ?? ""));

    private static TimeSpan Patience(CommandContext context) =>
        context.Environment.TryGetValue(PatienceVariable, out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : s_patience;

    private static async Task<IEnumerable<Candidate>> BranchesAsync(CommandContext context, CancellationToken cancellationToken)
    {
        try
        {
            using var late = new CancellationTokenSource(Patience(context), context.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            if (await context.Agent.TryConnectAsync(both.Token) is not { } connection)
            {
                return [];
            }

            await using (connection)
            {
                var call = new AgentCall<Nothing, BranchListResult>(Methods.BranchList, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.BranchListResult) { Cwd = context.Cwd };
                var result = await connection.CallAsync(call, both.Token);
                return result.Branches.Where(branch => !branch.Deleted).Select(branch => new Candidate(branch.Name, branch.Current ? "the current branch" : branch.Remote ? "as the server had it last" : ""));
            }
        }
        catch (Exception e) when (e is AgentException or OperationCanceledException)
        {
            return []; // Outside of a worktree, or too slow: nothing to offer, and no place to say why.
        }
    }
}

/// <summary>One word that may follow, with what it means.</summary>
internal sealed record Candidate(string Value, string Description);
