using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt token</c>: personal tokens for scripts and CI.</summary>
internal static class TokenCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("token", "Create, list and revoke personal tokens", "wt token list").With(CreateNew(context), List(context), Revoke(context));

    private static WtCommand CreateNew(CommandContext context)
    {
        var command = new WtCommand("create", "Create a personal token; it is shown once", "wt token create ci --scope sync:pull --scope tree:read --days 90");
        var name = command.Take(new Argument<string>("name") { Description = "What it is for" });
        var scopes = command.Take(new Option<string[]>("--scope") { Description = "A permission it is limited to; may be given several times" });
        var days = command.Take(new Option<int?>("--days") { Description = "When it expires; never by default" });
        var server = command.Take(ServerOption.InsteadOfAgent());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var asked = new TokenCreateParams(parse.GetValue(name)!, parse.GetValue(scopes) is { Length: > 0 } given ? given : null, parse.GetValue(days));
            using var door = parse.GetValue(server) is { } address ? ServerDoor.Open(context, address) : null;
            var expires = asked.ExpiresInDays is { } life ? context.Clock.GetUtcNow().AddDays(life) : (DateTimeOffset?)null;
            var result = door is null
                ? await context.AskAsync(Methods.TokenCreate, asked, IpcJson.Default.TokenCreateParams, IpcJson.Default.TokenCreateResult, cancellationToken)
                : await door.SendAsync(
                    HttpMethod.Post, "tokens", new NewToken(asked.Name, asked.Scopes, expires), ServerJson.Default.NewToken, ServerJson.Default.TokenCreateResult, cancellationToken);
            report.Answer(result, IpcJson.Default.TokenCreateResult, r =>
            {
                report.Line(r.Token);
                report.Note("Keep it now: it is not shown again. 'wt token revoke' ends it.");
            });
        });
    }

    private static WtCommand List(CommandContext context)
    {
        var command = new WtCommand("list", "List your tokens and sessions", "wt token list");
        var server = command.Take(ServerOption.InsteadOfAgent());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = parse.GetValue(server) is { } address ? ServerDoor.Open(context, address) : null;
            var result = door is null
                ? await context.AskAsync(Methods.TokenList, IpcJson.Default.TokenListResult, cancellationToken)
                : new TokenListResult((await door.GetAsync("tokens", ServerJson.Default.PageTokenEntry, cancellationToken)).Items);
            report.Answer(result, IpcJson.Default.TokenListResult, r => Render(report, r));
        });
    }

    /// <summary>Writes a list of tokens.</summary>
    internal static void Render(Reporter report, TokenListResult list)
    {
        foreach (var token in list.Tokens)
        {
            var expires = token.Expires is { } end ? $", expires {end:yyyy-MM-dd}" : "";
            var used = token.LastUsed is { } last ? $", last used {last.ToLocalTime():yyyy-MM-dd HH:mm}" : ", never used";
            report.Line($"{report.Style.Yellow(token.Id)}  {token.Kind,-8} {token.Name}{(token.Current ? report.Style.Green(" (this one)") : "")}{expires}{used}");
        }
    }

    private static WtCommand Revoke(CommandContext context)
    {
        var command = new WtCommand("revoke", "End a token at once", "wt token revoke 3f9a1c0b…");
        var id = command.Take(new Argument<string>("id") { Description = "Its id, as 'wt token list' shows it" });
        var server = command.Take(ServerOption.InsteadOfAgent());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            if (parse.GetValue(server) is { } address)
            {
                using var door = ServerDoor.Open(context, address);
                await door.SendAsync(HttpMethod.Delete, $"tokens/{Uri.EscapeDataString(parse.GetValue(id)!)}", cancellationToken);
            }
            else
            {
                await context.AskAsync(Methods.TokenRevoke, new TokenRevokeParams(parse.GetValue(id)!), IpcJson.Default.TokenRevokeParams, IpcJson.Default.Nothing, cancellationToken);
            }

            report.Answer(new Nothing(), IpcJson.Default.Nothing, _ => report.Line("Revoked; nothing that starts from now on can use it."));
        });
    }
}
