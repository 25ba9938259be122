using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt team</c>: the teams of a tenant, which policies name.</summary>
internal static class TeamCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("team", "Create teams and say who is in them", "wt team list acme").With(List(context), CreateNew(context), Delete(context), Add(context), Remove(context));

    private static WtCommand List(CommandContext context)
    {
        var command = new WtCommand("list", "List the teams of a tenant, with who is in them directly", "wt team list acme");
        var tenant = command.Take(Tenant());
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var teams = new List<TeamInfo>();
            await foreach (var team in door.ListAsync(At(parse.GetValue(tenant)!, null), ServerJson.Default.PageTeamInfo, cancellationToken))
            {
                teams.Add(team);
            }

            report.Answer(new TeamListAnswer(teams), ServerJson.Default.TeamListAnswer, r =>
            {
                foreach (var team in r.Teams)
                {
                    Render(report, team);
                }

                if (r.Teams.Count == 0)
                {
                    report.Line("There is no team.");
                }
            });
        });
    }

    private static WtCommand CreateNew(CommandContext context)
    {
        var command = new WtCommand("create", "Create a team, or change which one contains it", "wt team create acme backend", "wt team create acme payments --parent backend");
        var (tenant, team) = (command.Take(Tenant()), command.Take(Team()));
        var parent = command.Take(new Option<string?>("--parent") { Description = "The team that contains it: whoever is in this one is in that one too" });
        var name = command.Take(new Option<string?>("--name") { Description = "Its name as people see it" });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var result = await door.SendAsync(
                HttpMethod.Put, At(parse.GetValue(tenant)!, parse.GetValue(team)), new TeamChange(parse.GetValue(parent), parse.GetValue(name)),
                ServerJson.Default.TeamChange, ServerJson.Default.TeamInfo, cancellationToken);
            report.Answer(result, ServerJson.Default.TeamInfo, r => Render(report, r));
        });
    }

    private static WtCommand Delete(CommandContext context)
    {
        var command = new WtCommand("delete", "Delete a team that contains no other", "wt team delete acme payments");
        var (tenant, team) = (command.Take(Tenant()), command.Take(Team()));
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            await door.SendAsync(HttpMethod.Delete, At(parse.GetValue(tenant)!, parse.GetValue(team)), cancellationToken);
            report.Answer(new Nothing(), IpcJson.Default.Nothing, _ => report.Line($"The team {parse.GetValue(team)} is gone; policies that name it match nobody."));
        });
    }

    private static WtCommand Add(CommandContext context) =>
        Member(context, new WtCommand("add", "Take a member of the tenant into a team", "wt team add acme backend bob"), HttpMethod.Put);

    private static WtCommand Remove(CommandContext context) =>
        Member(context, new WtCommand("remove", "Take a member out of a team", "wt team remove acme backend bob"), HttpMethod.Delete);

    private static WtCommand Member(CommandContext context, WtCommand command, HttpMethod method)
    {
        var (tenant, team) = (command.Take(Tenant()), command.Take(Team()));
        var user = command.Take(new Argument<string>("user") { Description = "The member's user name" });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var path = $"{At(parse.GetValue(tenant)!, parse.GetValue(team))}/members/{Uri.EscapeDataString(parse.GetValue(user)!)}";
            var result = await door.SendAsync(method, path, new Nothing(), IpcJson.Default.Nothing, ServerJson.Default.TeamInfo, cancellationToken);
            report.Answer(result, ServerJson.Default.TeamInfo, r => Render(report, r));
        });
    }

    private static void Render(Reporter report, TeamInfo team)
    {
        var inside = team.Parent is { } parent ? report.Style.Dim($" in {parent}") : "";
        var more = team.MemberCount > team.Members.Count ? $" and {team.MemberCount - team.Members.Count:N0} more" : "";
        report.Line($"{report.Style.Bold(team.Name)}{inside}  {(team.MemberCount == 0 ? report.Style.Dim("(nobody)") : string.Join(", ", team.Members) + more)}");
    }

    private static Argument<string> Tenant() => new("tenant") { Description = "The organisation" };

    private static Argument<string> Team() => new("team") { Description = "The team's name: a-z, 0-9 and '-'" };

    private static string At(string tenant, string? team) =>
        $"tenants/{Uri.EscapeDataString(tenant)}/teams{(team is null ? "" : "/" + Uri.EscapeDataString(team))}";
}
