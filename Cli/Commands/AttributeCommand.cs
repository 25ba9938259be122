using System.CommandLine;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt tenant attribute</c>: what conditions of policies compare.</summary>
internal static class AttributeCommand
{
    public static WtCommand Create(CommandContext context)
    {
        var command = new WtCommand("attribute", "Say of a member what conditions of policies compare", "wt tenant attribute acme bob department=eng clearance=2", "wt tenant attribute acme bob clearance=");
        var tenant = command.Take(new Argument<string>("tenant") { Description = "The organisation" });
        var account = command.Take(new Argument<string>("user") { Description = "The member's user name" });
        var attributes = command.Take(new Argument<string[]>("attributes") { Description = "NAME=VALUE; NAME= takes it away", Arity = ArgumentArity.OneOrMore });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var said = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var text in parse.GetValue(attributes)!)
            {
                var at = text.IndexOf('=', StringComparison.Ordinal);
                said[at > 0 ? text[..at] : throw AgentException.Of(ErrorCodes.InvalidArgument, $"'{text}' is no attribute.", "Give NAME=VALUE.")] = text[(at + 1)..];
            }

            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var path = $"tenants/{Uri.EscapeDataString(parse.GetValue(tenant)!)}/members/{Uri.EscapeDataString(parse.GetValue(account)!)}/attributes";
            var member = await door.SendAsync(HttpMethod.Patch, path, new AttributeChange(said), ServerJson.Default.AttributeChange, ServerJson.Default.MemberInfo, cancellationToken);
            report.Answer(member, ServerJson.Default.MemberInfo, m => report.Line(
                $"{m.Account} is {m.Role}{(m.Attributes is { Count: > 0 } all ? $", {string.Join(", ", all.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}"))}" : "")}."));
        });
    }
}
