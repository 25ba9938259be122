using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt logout</c>: ends the sign-in on the server and forgets it here.</summary>
internal static class LogoutCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("logout", "Sign out", "wt logout").Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(Methods.AuthLogout, IpcJson.Default.Nothing, cancellationToken);
            report.Answer(result, IpcJson.Default.Nothing, _ => report.Line("Signed out."));
        });
}
