using System.CommandLine;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt tenant service</c>: accounts of machines, which act by tokens alone.</summary>
internal static class ServiceAccountCommands
{
    public static WtCommand Create(CommandContext context) =>
        new WtCommand("service", "Accounts for CI and other machines", "wt tenant service create acme ci --role developer").With(CreateNew(context), Token(context), Tokens(context), Revoke(context));

    private static WtCommand CreateNew(CommandContext context)
    {
        var command = new WtCommand("create", "Create an account for a machine; it is called TENANT--NAME", "wt tenant service create acme ci --role developer");
        var (tenant, name) = (command.Take(Tenant()), command.Take(Name()));
        var role = command.Take(new Option<string>("--role", "-r") { Description = "owner, admin, maintainer, developer or viewer", DefaultValueFactory = _ => "developer" }.AcceptOnlyFromAmong("owner", "admin", "maintainer", "developer", "viewer"));
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var result = await door.SendAsync(
                HttpMethod.Put, At(parse.GetValue(tenant)!, parse.GetValue(name)!), new RoleGift(parse.GetValue(role)!), ServerJson.Default.RoleGift, ServerJson.Default.MemberInfo, cancellationToken);
            report.Answer(result, ServerJson.Default.MemberInfo, r =>
                report.Line($"{report.Style.Bold(r.Account)} is {r.Role}. 'wt tenant service token {parse.GetValue(tenant)} {parse.GetValue(name)} KEY-NAME' makes a token for it."));
        });
    }

    private static WtCommand Token(CommandContext context)
    {
        var command = new WtCommand("token", "Create a token of a machine's account; it is shown once", "wt tenant service token acme ci main-pipeline --scope sync:pull --scope tree:read --days 90");
        var (tenant, name) = (command.Take(Tenant()), command.Take(Name()));
        var label = command.Take(new Argument<string>("label") { Description = "What the token is for" });
        var scopes = command.Take(new Option<string[]>("--scope") { Description = "A permission it is limited to; may be given several times" });
        var days = command.Take(new Option<int?>("--days") { Description = "When it expires; never by default" });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var expires = parse.GetValue(days) is { } life ? context.Clock.GetUtcNow().AddDays(life) : (DateTimeOffset?)null;
            var token = new NewToken(parse.GetValue(label)!, parse.GetValue(scopes) is { Length: > 0 } given ? given : null, expires);
            var result = await door.SendAsync(
                HttpMethod.Post, $"{At(parse.GetValue(tenant)!, parse.GetValue(name)!)}/tokens", token, ServerJson.Default.NewToken, ServerJson.Default.TokenCreateResult, cancellationToken);
            report.Answer(result, ServerJson.Default.TokenCreateResult, r =>
            {
                report.Line(r.Token);
                report.Note("Keep it now: it is not shown again. Give it to the machine as WT_TOKEN.");
            });
        });
    }

    private static WtCommand Tokens(CommandContext context)
    {
        var command = new WtCommand("tokens", "List the tokens of a machine's account", "wt tenant service tokens acme ci");
        var (tenant, name) = (command.Take(Tenant()), command.Take(Name()));
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var page = await door.GetAsync($"{At(parse.GetValue(tenant)!, parse.GetValue(name)!)}/tokens", ServerJson.Default.PageTokenEntry, cancellationToken);
            report.Answer(new TokenListResult(page.Items), IpcJson.Default.TokenListResult, r => TokenCommand.Render(report, r));
        });
    }

    private static WtCommand Revoke(CommandContext context)
    {
        var command = new WtCommand("revoke", "End a token of a machine's account at once", "wt tenant service revoke acme ci 3f9a1c0b…");
        var (tenant, name) = (command.Take(Tenant()), command.Take(Name()));
        var id = command.Take(new Argument<string>("id") { Description = "Its id, as 'wt tenant service tokens' shows it" });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            await door.SendAsync(HttpMethod.Delete, $"{At(parse.GetValue(tenant)!, parse.GetValue(name)!)}/tokens/{Uri.EscapeDataString(parse.GetValue(id)!)}", cancellationToken);
            report.Answer(new Nothing(), IpcJson.Default.Nothing, _ => report.Line("Revoked; nothing that starts from now on can use it."));
        });
    }

    private static Argument<string> Tenant() => new("tenant") { Description = "The organisation" };

    private static Argument<string> Name() => new("name") { Description = "The account's name within the organisation" };

    private static string At(string tenant, string name) => $"tenants/{Uri.EscapeDataString(tenant)}/service-accounts/{Uri.EscapeDataString(name)}";
}
