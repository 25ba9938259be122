using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt tenant show|rename|status</c>: what a tenant is called, and whether it may work.</summary>
internal static class TenantStandingCommands
{
    public static WtCommand Show(CommandContext context)
    {
        var command = new WtCommand("show", "Show a tenant, your role in it and your teams", "wt tenant show acme");
        var tenant = command.Take(Tenant());
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            Render(report, await door.GetAsync(At(parse.GetValue(tenant)!), ServerJson.Default.TenantInfo, cancellationToken));
        });
    }

    public static WtCommand Rename(CommandContext context)
    {
        var command = new WtCommand("rename", "Give an organisation another name; the old one goes on leading to it", "wt tenant rename acme acme-group");
        var tenant = command.Take(Tenant());
        var name = command.Take(new Argument<string>("name") { Description = "The new name: a-z, 0-9 and '-'" });
        return Change(context, command, tenant, parse => new TenantChange(Name: parse.GetValue(name)));
    }

    public static WtCommand Status(CommandContext context)
    {
        var command = new WtCommand("status", "Suspend a tenant (it may only read), close it, or open it again", "wt tenant status acme suspended");
        var tenant = command.Take(Tenant());
        var status = command.Take(new Argument<string>("status") { Description = "active, suspended or deactivated; only an operator of the server opens again" }.AcceptOnlyFromAmong("active", "suspended", "deactivated"));
        return Change(context, command, tenant, parse => new TenantChange(Status: parse.GetValue(status)));
    }

    private static WtCommand Change(CommandContext context, WtCommand command, Argument<string> tenant, Func<ParseResult, TenantChange> change)
    {
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            Render(report, await door.SendAsync(
                HttpMethod.Patch, At(parse.GetValue(tenant)!), change(parse), ServerJson.Default.TenantChange, ServerJson.Default.TenantInfo, cancellationToken));
        });
    }

    private static void Render(Reporter report, TenantInfo tenant) => report.Answer(tenant, ServerJson.Default.TenantInfo, t =>
    {
        report.Line($"{report.Style.Bold(t.Tenant)} {t.Type}, {(t.Status == "active" ? t.Status : report.Style.Red(t.Status))}");
        if (t.MyRole.Length > 0)
        {
            report.Line($"You are {t.MyRole}{(t.MyTeams is { Count: > 0 } teams ? $", in {string.Join(", ", teams)}" : "")}.");
        }

        if (t.FormerNames is { Count: > 0 } names)
        {
            report.Line($"Before, it was called {string.Join(", ", names)}; policies know it as {names[0]}.");
        }
    });

    private static Argument<string> Tenant() => new("tenant") { Description = "Its name" };

    private static string At(string tenant) => $"tenants/{Uri.EscapeDataString(tenant)}";
}
