using System.CommandLine;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt access grants|grant|revoke|visibility</c>: who else is let into a worktree.</summary>
internal static class GrantCommands
{
    public static WtCommand List(CommandContext context)
    {
        var command = new WtCommand("grants", "List the grants to other tenants", "wt access grants acme/shop");
        var worktree = command.Take(Worktree());
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var grants = await door.GetAsync(At(parse.GetValue(worktree)!), ServerJson.Default.PageGrantEntry, cancellationToken);
            report.Answer(new GrantListAnswer(grants.Items), ServerJson.Default.GrantListAnswer, r =>
            {
                foreach (var grant in r.Grants)
                {
                    Render(report, grant, context.Clock.GetUtcNow());
                }

                if (r.Grants.Count == 0)
                {
                    report.Line("Nobody else is let in.");
                }
            });
        });
    }

    public static WtCommand Grant(CommandContext context)
    {
        var command = new WtCommand(
            "grant", "Let another user or organisation in, as far as you say; nobody gives more than they hold",
            "wt access grant acme/shop partner --level read", "wt access grant acme/shop partner --level write --path docs/ --days 90");
        var worktree = command.Take(Worktree());
        var tenant = command.Take(new Argument<string>("tenant") { Description = "A user, or an organisation with all its members" });
        var level = command.Take(new Option<string>("--level", "-l") { Description = "read, write or admin", DefaultValueFactory = _ => "read" }.AcceptOnlyFromAmong("read", "write", "admin"));
        var trees = command.Take(new Option<string[]>("--tree") { Description = "Only this tree, '/' for the root tree; may be given several times" });
        var paths = command.Take(new Option<string[]>("--path") { Description = "Only this path, a folder with a trailing '/'; may be given several times" });
        var days = command.Take(new Option<int?>("--days") { Description = "When it ends; never by default" });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var grant = new NewGrant(
                parse.GetValue(tenant)!, parse.GetValue(level)!, Some(parse.GetValue(trees))?.Select(t => t.Trim('/')).ToArray(), Some(parse.GetValue(paths)),
                parse.GetValue(days) is { } life ? context.Clock.GetUtcNow().AddDays(life) : null);
            var result = await door.SendAsync(HttpMethod.Post, At(parse.GetValue(worktree)!), grant, ServerJson.Default.NewGrant, ServerJson.Default.GrantEntry, cancellationToken);
            report.Answer(result, ServerJson.Default.GrantEntry, r =>
            {
                Render(report, r, context.Clock.GetUtcNow());
                report.Note($"'wt access revoke {parse.GetValue(worktree)} {Short(r.Id)}' ends it.");
            });
        });
    }

    public static WtCommand Revoke(CommandContext context)
    {
        var command = new WtCommand("revoke", "End a grant at once", "wt access revoke acme/shop 3f9a1c0b");
        var worktree = command.Take(Worktree());
        var id = command.Take(new Argument<string>("id") { Description = "Its id, as 'wt access grants' shows it, or the beginning of it" });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var at = At(parse.GetValue(worktree)!);
            var grants = (await door.GetAsync(at, ServerJson.Default.PageGrantEntry, cancellationToken)).Items;
            var found = grants.Where(g => g.Id.StartsWith(parse.GetValue(id)!, StringComparison.Ordinal)).ToArray();
            if (found.Length != 1)
            {
                throw AgentException.Of(
                    found.Length == 0 ? ErrorCodes.NotFound : ErrorCodes.InvalidArgument,
                    $"{(found.Length == 0 ? "No grant has" : "Several grants have")} an id that begins with '{parse.GetValue(id)}'.", "List them: wt access grants");
            }

            await door.SendAsync(HttpMethod.Delete, $"{at}/{found[0].Id}", cancellationToken);
            report.Answer(new Nothing(), IpcJson.Default.Nothing, _ => report.Line($"{found[0].Tenant} is not let in by it any more; open streams have ended."));
        });
    }

    public static WtCommand Visibility(CommandContext context)
    {
        var command = new WtCommand(
            "visibility", "Say whether everybody with an account may read a worktree, or members and grants alone; deny rules bind everybody",
            "wt access visibility acme/shop public");
        var worktree = command.Take(Worktree());
        var visibility = command.Take(new Argument<string>("visibility") { Description = "public or private" }.AcceptOnlyFromAmong("public", "private"));
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var at = At(parse.GetValue(worktree)!);
            var result = await door.SendAsync(
                HttpMethod.Patch, at[..at.LastIndexOf('/')], new WorktreeChange(parse.GetValue(visibility)!), ServerJson.Default.WorktreeChange, ServerJson.Default.WorktreeInfo, cancellationToken);
            report.Answer(result, ServerJson.Default.WorktreeInfo, r => report.Line($"{r.Owner}/{r.Name} is {r.Visibility}."));
        });
    }

    private static void Render(Reporter report, GrantEntry grant, DateTimeOffset now)
    {
        var only = (grant.Trees is { } trees ? $" to {string.Join(", ", trees.Select(t => t.Length == 0 ? "the root tree" : t))}" : "")
            + (grant.Paths is { } paths ? $" under {string.Join(", ", paths)}" : "");
        var end = grant.Expires is { } expires ? expires <= now ? report.Style.Red(", expired") : $", until {expires.ToLocalTime():yyyy-MM-dd}" : "";
        report.Line($"{report.Style.Yellow(Short(grant.Id))}  {grant.Tenant,-20} {grant.Level}{only}{end} {report.Style.Dim($"by {grant.GivenBy}")}");
    }

    private static Argument<string> Worktree() => new("worktree") { Description = "OWNER/NAME" };

    private static string[]? Some(string[]? given) => given is { Length: > 0 } ? given : null;

    private static string Short(string id) => id[..Math.Min(12, id.Length)];

    private static string At(string worktree) => worktree.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name]
        ? $"worktrees/{Uri.EscapeDataString(owner)}/{Uri.EscapeDataString(name)}/grants"
        : throw AgentException.Of(ErrorCodes.InvalidArgument, $"'{worktree}' names no worktree.", "Give OWNER/NAME.");
}
