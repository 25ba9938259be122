using System.CommandLine;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt access</c>: what the policies in force say, and why.</summary>
internal static class AccessCommand
{
    private const string ResourceHelp = "OWNER/NAME for a worktree, OWNER/NAME/PATH for a path in it";

    public static Command Create(CommandContext context) =>
        new WtCommand("access", "Ask what the policies in force allow and why, and let others in", "wt access test tree:write acme/shop/src/app.cs").With(
            List(context), Test(context), Explain(context), GrantCommands.List(context), GrantCommands.Grant(context), GrantCommands.Revoke(context), GrantCommands.Visibility(context));

    private static WtCommand List(CommandContext context)
    {
        var command = new WtCommand("list", "List every rule, team, ceiling and grant in force", "wt access list acme/shop");
        var resource = command.Take(new Argument<string>("worktree") { Description = "OWNER/NAME" });
        var tree = command.Take(Tree());
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var path = Resource.Parse(parse.GetValue(resource)!).Access + ServerReading.Query(("tree", parse.GetValue(tree)));
            var result = await door.GetAsync(path, ServerJson.Default.AccessListAnswer, cancellationToken);
            report.Answer(result, ServerJson.Default.AccessListAnswer, r =>
            {
                foreach (var rule in r.Rules)
                {
                    report.Line(rule);
                }

                report.Note($"Beside these: membership roles ('wt tenant members'). You hold {string.Join(' ', r.MyPermissions)}.");
            });
        });
    }

    private static WtCommand Test(CommandContext context)
    {
        var command = new WtCommand("test", "Say whether you may do something; exit code 5 where you may not", "wt access test tree:write acme/shop/src/app.cs", "wt access test sync:push acme/shop --branch main");
        var permission = command.Take(new Argument<string>("permission") { Description = "Such as tree:read or sync:push" });
        var question = new Question(command);
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(question.Server));
            var result = await door.GetAsync(question.Path(parse, "test", ("permission", parse.GetValue(permission))), ServerJson.Default.AccessTestAnswer, cancellationToken);
            report.Answer(result, ServerJson.Default.AccessTestAnswer, r => Render(report, r.Decision, r.Because));
            return result.Decision == "allow" ? ExitCodes.Ok : ErrorCodes.ExitCode(ErrorCodes.Denied);
        });
    }

    private static WtCommand Explain(CommandContext context)
    {
        var command = new WtCommand("explain", "Show every rule that was considered for somebody, and which decided", "wt access explain bob tree:read acme/shop/config/prod.toml");
        var user = command.Take(new Argument<string>("user") { Description = "The user name" });
        var permission = command.Take(new Argument<string>("permission") { Description = "Such as tree:read or sync:push" });
        var question = new Question(command);
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = ServerDoor.Open(context, parse.GetValue(question.Server));
            var path = question.Path(parse, "explain", ("account", parse.GetValue(user)), ("permission", parse.GetValue(permission)));
            var result = await door.GetAsync(path, ServerJson.Default.AccessExplanationAnswer, cancellationToken);
            report.Answer(result, ServerJson.Default.AccessExplanationAnswer, r => Render(report, r));
            return result.Decision == "allow" ? ExitCodes.Ok : ErrorCodes.ExitCode(ErrorCodes.Denied);
        });
    }

    private static void Render(Reporter report, AccessExplanationAnswer answer)
    {
        Render(report, answer.Decision, answer.Because);
        report.Line($"{answer.Account} is {(answer.Role.Length > 0 ? answer.Role : "no member")}{(answer.Teams.Count > 0 ? $", in {string.Join(", ", answer.Teams)}" : "")}.");
        foreach (var rule in answer.Rules)
        {
            var mark = rule.Decisive ? report.Style.Yellow("*") : " ";
            report.Line($"{mark} {rule.Rule}: {(rule.Outcome == "matches" ? report.Style.Bold(rule.Outcome) : report.Style.Dim(rule.Outcome))}");
        }

        if (answer.Rules.Any(r => r.Decisive))
        {
            report.Note("* decided");
        }
    }

    private static void Render(Reporter report, string decision, IReadOnlyList<string> because) =>
        report.Line($"{(decision == "allow" ? report.Style.Green(decision) : report.Style.Red(decision))}{(because.Count > 0 ? ": " + string.Join("; ", because) : "")}");

    private static Option<string?> Tree() => new("--tree") { Description = "The path of a nested tree; the root tree by default" };

    /// <summary>What both questions have in common.</summary>
    private sealed class Question
    {
        private readonly Argument<string> _resource;
        private readonly Option<string?> _branch;
        private readonly Option<string?> _tree;
        private readonly Option<string?> _address;

        public Question(WtCommand command)
        {
            _resource = command.Take(new Argument<string>("resource") { Description = ResourceHelp });
            _branch = command.Take(new Option<string?>("--branch", "-b") { Description = "The branch, for rules about branches" });
            _tree = command.Take(Tree());
            _address = command.Take(new Option<string?>("--address") { Description = "The address it would come from, for conditions on ip.address" });
            Server = command.Take(ServerOption.Other());
        }

        public Option<string?> Server { get; }

        public string Path(ParseResult parse, string what, params ReadOnlySpan<(string Name, string? Value)> parts)
        {
            var resource = Resource.Parse(parse.GetValue(_resource)!);
            return $"{resource.Access}/{what}" + ServerReading.Query([
                .. parts, ("path", resource.Path), ("branch", parse.GetValue(_branch)), ("tree", parse.GetValue(_tree)), ("address", parse.GetValue(_address))]);
        }
    }

    private sealed record Resource(string Access, string? Path)
    {
        public static Resource Parse(string text) => text.Split('/', 3) is [{ Length: > 0 } owner, { Length: > 0 } name, .. var rest]
            ? new Resource($"worktrees/{Uri.EscapeDataString(owner)}/{Uri.EscapeDataString(name)}/access", rest is [{ Length: > 0 } path] ? path : null)
            : throw AgentException.Of(ErrorCodes.InvalidArgument, $"'{text}' names no worktree.", $"Give {ResourceHelp}.");
    }
}
