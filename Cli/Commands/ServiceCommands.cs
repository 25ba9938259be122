using System.CommandLine;
using System.Text.Json.Serialization;
using W0rktree.Cli.Service;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt worker install</c> and <c>uninstall</c>: the agent as a service of the user.</summary>
internal static class ServiceCommands
{
    public static WtCommand CreateInstall(CommandContext context)
    {
        var command = new WtCommand("install", "Have the system start the agent at sign-in, and again after a failure", "wt worker install");
        var later = command.Take(new Option<bool>("--no-start") { Description = "Write the file only" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var installer = new ServiceInstaller(context);
            _ = installer.Describe(); // Refuses where there is none, before the running agent is touched.
            if (!parse.GetValue(later))
            {
                await WorkerCommand.StopAsync(context, cancellationToken); // The one that a command started makes place for the service's.
            }

            var answer = await installer.InstallAsync(!parse.GetValue(later), cancellationToken);
            report.Answer(answer, ServiceJson.Default.ServiceAnswer, a =>
            {
                report.Line($"Wrote {a.File}.");
                report.Line(a.Done ? "The agent runs as a service." : $"To start it: {a.Next}");
            });
        });
    }

    public static WtCommand CreateUninstall(CommandContext context) =>
        new WtCommand("uninstall", "Take the agent's service away; commands start the agent by themselves again", "wt worker uninstall").Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var answer = await new ServiceInstaller(context).UninstallAsync(cancellationToken);
            report.Answer(answer, ServiceJson.Default.ServiceAnswer, a =>
            {
                report.Line($"Removed {a.File}.");
                if (!a.Done)
                {
                    report.Line($"The service manager could not be asked; if it knows the service: {a.Next}");
                }
            });
        });
}

/// <summary>The answer of <c>wt worker install</c> and <c>uninstall</c>.</summary>
/// <param name="File">The file that was written or removed.</param>
/// <param name="Done">Whether the service manager took it up.</param>
/// <param name="Next">The commands that would, where it could not be asked or was not to be.</param>
internal sealed record ServiceAnswer(string File, bool Done, string? Next);

/// <summary>One line of the agent's log, as <c>wt worker logs --json</c> gives it.</summary>
/// <param name="Time">When, in UTC; null for a line without one, as the runtime writes them at a crash.</param>
/// <param name="Level"><c>debug</c>, <c>info</c>, <c>warn</c> or <c>error</c>; null as well.</param>
/// <param name="Message">The rest of the line.</param>
internal sealed record LogLine(string? Time, string? Level, string Message);

/// <summary>Writes the answers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServiceAnswer))]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class ServiceJson : JsonSerializerContext;
