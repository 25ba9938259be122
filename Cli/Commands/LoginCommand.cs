using System.CommandLine;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt login</c>: signs in to a server, or registers.</summary>
internal static class LoginCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("login", "Sign in to a server, or register", "wt login https://wt.example.org --user ada", "wt login https://wt.example.org --register --user ada --email ada@example.org", "wt login https://wt.example.org", "wt login https://wt.example.org --sso acme", "wt login --token-stdin < token");
        var server = command.Take(new Argument<string?>("server") { Description = "https://host:port; the one signed in to last by default", Arity = ArgumentArity.ZeroOrOne });
        var user = command.Take(new Option<string?>("--user", "-u") { Description = "Your user name or email, to sign in with a password here instead of in a browser" });
        var register = command.Take(new Option<bool>("--register") { Description = "Create the account first" });
        var email = command.Take(new Option<string?>("--email") { Description = "Your email, when registering" });
        var name = command.Take(new Option<string?>("--name") { Description = "Your name as others see it, when registering" });
        var invitation = command.Take(new Option<string?>("--invitation") { Description = "The code of an invitation, which you then take; some servers register nobody without one" });
        var passwordFromInput = command.Take(new Option<bool>("--password-stdin") { Description = "Read the password from standard input" });
        var tokenFromInput = command.Take(new Option<bool>("--token-stdin") { Description = "Sign in with a personal token, read from standard input" });
        var organisation = command.Take(new Option<string?>("--sso") { Description = "Sign in by this organisation's identity provider, in a browser" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var address = parse.GetValue(server) ?? context.Environment.GetValueOrDefault("WT_SERVER");
            if (parse.GetValue(register) && parse.GetValue(user) is null)
            {
                throw AgentException.Of(ErrorCodes.InvalidArgument, "Whom to register?", "Give --user NAME and --email ADDRESS.");
            }

            var token = parse.GetValue(tokenFromInput) ? await Secrets.FromInputAsync("token", cancellationToken)
                : parse.GetValue(user) is null || parse.GetValue(organisation) is not null
                    ? await BrowserSignIn.RunAsync(context, address, parse.GetValue(organisation), cancellationToken)
                    : null;
            var account = token is null ? parse.GetValue(user) : null;
            var password = token is not null ? null
                : parse.GetValue(passwordFromInput) ? await Secrets.FromInputAsync("password", cancellationToken)
                : Secrets.Ask(context.Terminal, $"Password of {account}: ");
            var result = await context.AskAsync(
                Methods.AuthLogin,
                new AuthLoginParams(address, account, password, token, parse.GetValue(register), parse.GetValue(email), parse.GetValue(name), parse.GetValue(invitation)),
                IpcJson.Default.AuthLoginParams, IpcJson.Default.AccountInfo, cancellationToken);
            if (parse.GetValue(invitation) is { } code)
            {
                using var door = ServerDoor.Open(context, result.Server);
                var joined = await door.SendAsync(
                    HttpMethod.Post, "invitations/accept", new InvitationTaken(code), ServerJson.Default.InvitationTaken, ServerJson.Default.TenantInfo, cancellationToken);
                result = result with { Memberships = [.. result.Memberships, new MembershipInfo(joined.Tenant, joined.Type, joined.MyRole)] };
                report.Note($"You are {joined.MyRole} in {joined.Tenant}.");
            }

            report.Answer(result, IpcJson.Default.AccountInfo, a => report.Line($"Signed in to {a.Server} as {report.Style.Bold(a.Account)}."));
        });
    }
}
