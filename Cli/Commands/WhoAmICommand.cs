using System.CommandLine;
using System.Text.Json.Serialization;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt whoami</c>: the role of this working copy, without agent or state; with <c>--account</c> who is signed in.</summary>
internal static class WhoAmICommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("whoami", "Say whether this working copy is the primary or a secondary one, and as whom you are signed in", "wt whoami", "wt whoami --account");
        var account = command.Take(new Option<bool>("--account") { Description = "Ask the server who you are" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            if (parse.GetValue(account))
            {
                var result = await context.AskAsync(Methods.AuthWhoAmI, IpcJson.Default.AccountInfo, cancellationToken);
                report.Answer(result, IpcJson.Default.AccountInfo, a =>
                {
                    report.Line($"{report.Style.Bold(a.Account)} on {a.Server}");
                    foreach (var membership in a.Memberships)
                    {
                        report.Line($"  {membership.Role} in {membership.Tenant} ({membership.Type})");
                    }
                });
                return;
            }

            var role = CopyRole.Detect(context.Cwd, context.Environment);
            report.Answer(new WhoAmIAnswer(role.Role, role.Root, role.Source), WhoAmIJson.Default.WhoAmIAnswer, a => report.Line(a.Role));
        });
    }
}

/// <summary>The answer of <c>wt whoami --json</c>.</summary>
/// <param name="Role"><c>primary</c> or <c>secondary</c>.</param>
/// <param name="Root">The working copy, or null outside of one.</param>
/// <param name="Source">What decided: <c>environment</c>, <c>worktree</c>, <c>git</c> or <c>none</c>.</param>
internal sealed record WhoAmIAnswer(string Role, string? Root, string Source);

/// <summary>Writes the answer.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WhoAmIAnswer))]
internal sealed partial class WhoAmIJson : JsonSerializerContext;
