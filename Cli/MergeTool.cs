using System.Diagnostics;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli;

/// <summary>
/// Runs the user's own merge tool on conflicted files, one after the other. Its command is a line for the shell that finds the
/// files in <c>$BASE</c>, <c>$OURS</c> (or <c>$LOCAL</c>), <c>$THEIRS</c> (or <c>$REMOTE</c>) and writes <c>$MERGED</c>; that it ended
/// with 0 and left no markers answers the conflict.
/// </summary>
internal sealed class MergeTool(CommandContext context)
{
    private const string Variable = "WT_MERGE_TOOL_COMMAND";

    /// <summary>Runs the tool for all conflicts at or below some paths, or all of them.</summary>
    public async Task<ResolveResult> RunAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("wt-merge-").FullName;
        try
        {
            var versions = await context.AskAsync(
                Methods.ResolveVersions, new ResolveVersionsParams(paths, folder), IpcJson.Default.ResolveVersionsParams, IpcJson.Default.ResolveVersionsResult, cancellationToken);
            if ((context.Environment.GetValueOrDefault(Variable) ?? versions.Command) is not { Length: > 0 } command)
            {
                throw AgentException.Of("no_merge_tool", "No merge tool is configured.", "Put it into your own configuration: [merge.tool] command = 'meld \"$OURS\" \"$BASE\" \"$THEIRS\" -o \"$MERGED\"'");
            }

            var resolved = new List<ConflictDetail>();
            var last = await ResolveAsync([], "list", cancellationToken);
            foreach (var file in versions.Files)
            {
                await OpenAsync(command, versions.Root, file, cancellationToken);
                last = await ResolveAsync([file.Merged], "mark", cancellationToken);
                resolved.AddRange(last.Resolved);
            }

            return last with { Resolved = resolved };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<ResolveResult> ResolveAsync(IReadOnlyList<string> paths, string action, CancellationToken cancellationToken) =>
        context.AskAsync(Methods.Resolve, new ResolveParams(paths, action), IpcJson.Default.ResolveParams, IpcJson.Default.ResolveResult, cancellationToken);

    private static async Task OpenAsync(string command, string root, ConflictFiles file, CancellationToken cancellationToken)
    {
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd", ["/c", command]) : new ProcessStartInfo("/bin/sh", ["-c", command]);
        start.WorkingDirectory = root;
        foreach (var (name, path) in new[] { ("BASE", file.Base), ("OURS", file.Ours), ("LOCAL", file.Ours), ("THEIRS", file.Theirs), ("REMOTE", file.Theirs), ("MERGED", file.Merged) })
        {
            start.Environment[name] = path;
        }

        using var tool = Process.Start(start)!;
        await tool.WaitForExitAsync(cancellationToken);
        if (tool.ExitCode != 0)
        {
            throw AgentException.Of("merge_tool_failed", $"The merge tool ended with {tool.ExitCode} at '{file.Path}'; its conflict stays.", "Run 'wt resolve --tool' again, or edit the file and 'wt resolve --mark' it.");
        }
    }
}
