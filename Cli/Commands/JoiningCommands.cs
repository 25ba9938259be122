using System.CommandLine;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt tenant invite|invitations|uninvite|join</c>: a code that lets whoever has it in, once.</summary>
internal static class JoiningCommands
{
    public static WtCommand Invite(CommandContext context)
    {
        var command = new WtCommand("invite", "Make a code that lets somebody in, once", "wt tenant invite acme --role developer --team backend --note Bob");
        var tenant = command.Take(Tenant());
        var role = command.Take(new Option<string>("--role", "-r") { Description = "owner, admin, maintainer, developer or viewer", DefaultValueFactory = _ => "developer" }.AcceptOnlyFromAmong("owner", "admin", "maintainer", "developer", "viewer"));
        var teams = command.Take(new Option<string[]>("--team") { Description = "A team to come into; may be given several times" });
        var note = command.Take(new Option<string?>("--note") { Description = "Whom it is for" });
        var days = command.Take(new Option<int>("--days") { Description = "How long it holds, 30 at most", DefaultValueFactory = _ => 7 });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var invitation = new NewInvitation(parse.GetValue(role)!, parse.GetValue(teams), parse.GetValue(note), context.Clock.GetUtcNow().AddDays(parse.GetValue(days)));
            var result = await door.SendAsync(
                HttpMethod.Post, At(parse.GetValue(tenant)!), invitation, ServerJson.Default.NewInvitation, ServerJson.Default.InvitedAnswer, cancellationToken);
            report.Answer(result, ServerJson.Default.InvitedAnswer, r =>
            {
                report.Line(r.Code);
                report.Note($"Whoever has it becomes {r.Invitation.Role} in {parse.GetValue(tenant)} with 'wt tenant join CODE', once, until {r.Invitation.Expires.ToLocalTime():yyyy-MM-dd}. It is not shown again.");
            });
        });
    }

    public static WtCommand Invitations(CommandContext context)
    {
        var command = new WtCommand("invitations", "List the invitations that are open", "wt tenant invitations acme");
        var tenant = command.Take(Tenant());
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var page = await door.GetAsync(At(parse.GetValue(tenant)!), ServerJson.Default.PageInvitationInfo, cancellationToken);
            report.Answer(new InvitationListAnswer(page.Items), ServerJson.Default.InvitationListAnswer, r =>
            {
                foreach (var open in r.Invitations)
                {
                    report.Line($"{report.Style.Yellow(open.Id[..Math.Min(12, open.Id.Length)])}  {open.Role,-12} by {open.InvitedBy}, until {open.Expires.ToLocalTime():yyyy-MM-dd}  {open.Note}");
                }

                if (r.Invitations.Count == 0)
                {
                    report.Line("No invitation is open.");
                }
            });
        });
    }

    public static WtCommand Uninvite(CommandContext context)
    {
        var command = new WtCommand("uninvite", "Take an invitation back", "wt tenant uninvite acme 3f9a1c0b…");
        var tenant = command.Take(Tenant());
        var id = command.Take(new Argument<string>("id") { Description = "Its id, as 'wt tenant invitations' shows it, or the beginning of it" });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var open = (await door.GetAsync(At(parse.GetValue(tenant)!), ServerJson.Default.PageInvitationInfo, cancellationToken)).Items;
            var found = open.Where(i => i.Id.StartsWith(parse.GetValue(id)!, StringComparison.Ordinal)).ToArray();
            if (found.Length != 1)
            {
                throw AgentException.Of(
                    found.Length == 0 ? ErrorCodes.NotFound : ErrorCodes.InvalidArgument,
                    $"{(found.Length == 0 ? "No open invitation has" : "Several open invitations have")} an id that begins with '{parse.GetValue(id)}'.", "List them: wt tenant invitations");
            }

            await door.SendAsync(HttpMethod.Delete, $"{At(parse.GetValue(tenant)!)}/{found[0].Id}", cancellationToken);
            report.Answer(new Nothing(), IpcJson.Default.Nothing, _ => report.Line("Its code opens nothing any more."));
        });
    }

    public static WtCommand Join(CommandContext context)
    {
        var command = new WtCommand("join", "Become a member by an invitation's code", "wt tenant join wti_…");
        var code = command.Take(new Argument<string>("code") { Description = "The code: wti_…" });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var result = await door.SendAsync(
                HttpMethod.Post, "invitations/accept", new InvitationTaken(parse.GetValue(code)!), ServerJson.Default.InvitationTaken, ServerJson.Default.TenantInfo, cancellationToken);
            report.Answer(result, ServerJson.Default.TenantInfo, r => report.Line($"You are {r.MyRole} in {report.Style.Bold(r.Tenant)}."));
        });
    }

    private static Argument<string> Tenant() => new("tenant") { Description = "The organisation" };

    private static string At(string tenant) => $"tenants/{Uri.EscapeDataString(tenant)}/invitations";
}
