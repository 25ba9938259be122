using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt branch</c>: creates, switches, lists, deletes and restores branches.</summary>
internal static class BranchCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("branch", "Create, switch, list, delete and restore branches", "wt branch list").With(
            List(context), CreateNew(context), Switch(context), Delete(context), Restore(context));

    private static WtCommand List(CommandContext context)
    {
        var command = new WtCommand("list", "List branches, with what they have and lack against the server", "wt branch list", "wt branch list --server https://wt.example.org/acme/shop");
        var server = command.Take(ServerOption.OfWorktree());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = parse.GetValue(server) is { } address ? ServerDoor.Open(context, address) : null;
            var result = door is null
                ? await context.AskAsync(Methods.BranchList, IpcJson.Default.BranchListResult, cancellationToken)
                : await door.BranchesAsync(cancellationToken);
            report.Answer(result, IpcJson.Default.BranchListResult, r =>
            {
                foreach (var branch in r.Branches.Where(b => !b.Deleted))
                {
                    report.Line(Line(report.Style, branch));
                }

                foreach (var branch in r.Branches.Where(b => b.Deleted))
                {
                    report.Line(report.Style.Dim($"  {branch.Name}  deleted {branch.DeletedAt:yyyy-MM-dd}; 'wt branch restore {branch.Name}' brings it back"));
                }
            });
        });
    }

    private static string Line(Style style, BranchEntry branch)
    {
        var name = branch.Current ? style.Green($"* {branch.Name}") : $"  {(branch.Remote ? style.Red(branch.Name) : branch.Name)}";
        var distance = branch is { Ahead: > 0 } or { Behind: > 0 } ? style.Dim($"  {branch.Ahead ?? 0} ahead, {branch.Behind ?? 0} behind") : "";
        return $"{name}  {(branch.Snapshot is { } id ? style.Yellow(id[..12]) : "(empty)")}{distance}";
    }

    private static WtCommand CreateNew(CommandContext context)
    {
        var command = new WtCommand("create", "Create a branch", "wt branch create feature/login", "wt branch create fix --from main@server --switch");
        var name = command.Take(new Argument<string>("name") { Description = "Its name" });
        var from = command.Take(new Option<string?>("--from", "-f") { Description = "Where it starts; the line's tip by default" });
        var switchTo = command.Take(new Option<bool>("--switch", "-s") { Description = "Switch to it" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.BranchCreate, new BranchCreateParams(parse.GetValue(name)!, parse.GetValue(from), parse.GetValue(switchTo)),
                IpcJson.Default.BranchCreateParams, IpcJson.Default.BranchResult, cancellationToken);
            report.Answer(result, IpcJson.Default.BranchResult, r =>
                report.Line($"Branch {report.Style.Cyan(r.Name)} at {report.Style.Yellow(r.Snapshot[..12])}{(parse.GetValue(switchTo) ? "; you are on it" : $"; 'wt branch switch {r.Name}' goes there")}"));
        });
    }

    private static WtCommand Switch(CommandContext context)
    {
        var command = new WtCommand("switch", "Go to another branch; what is not in a snapshot is kept in one first", "wt branch switch feature/login");
        var name = command.Take(new Argument<string>("name") { Description = "The branch" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.BranchSwitch, new BranchSwitchParams(parse.GetValue(name)!),
                IpcJson.Default.BranchSwitchParams, IpcJson.Default.BranchResult, cancellationToken);
            report.Answer(result, IpcJson.Default.BranchResult, r =>
            {
                report.Line($"On branch {report.Style.Cyan(r.Name)} at {report.Style.Yellow(r.Snapshot[..12])}: {r.FilesWritten:N0} files written, {r.FilesDeleted:N0} removed");
                if (r.SavedAs is { } saved)
                {
                    report.Line($"What was not in a snapshot is kept in {report.Style.Yellow(saved[..12])} on the branch you left.");
                }
            });
        });
    }

    private static WtCommand Delete(CommandContext context)
    {
        var command = new WtCommand("delete", "Delete a branch; it can be restored for 30 days", "wt branch delete feature/login");
        return Named(context, command, Methods.BranchDelete, (report, r) => report.Line($"Deleted {r.Name}, which was at {report.Style.Yellow(r.Snapshot[..12])}. 'wt branch restore {r.Name}' brings it back."));
    }

    private static WtCommand Restore(CommandContext context)
    {
        var command = new WtCommand("restore", "Bring a deleted branch back", "wt branch restore feature/login");
        return Named(context, command, Methods.BranchRestore, (report, r) => report.Line($"{report.Style.Cyan(r.Name)} is back at {report.Style.Yellow(r.Snapshot[..12])}."));
    }

    private static WtCommand Named(CommandContext context, WtCommand command, string method, Action<Reporter, BranchResult> render)
    {
        var name = command.Take(new Argument<string>("name") { Description = "The branch" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                method, new BranchNameParams(parse.GetValue(name)!), IpcJson.Default.BranchNameParams, IpcJson.Default.BranchResult, cancellationToken);
            report.Answer(result, IpcJson.Default.BranchResult, r => render(report, r));
        });
    }
}
