using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt doctor</c>: checks the store, and repairs from the server what that has.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("doctor", "Check the store: references and all they reach, reflog, packs, every object; repair from the server what that has", "wt doctor").Run((parse, cancellationToken) =>
            VerifyAsync(context, parse, Methods.Doctor, cancellationToken));

    /// <summary>Runs a check and ends with 1 where it found something.</summary>
    internal static async Task<int> VerifyAsync(CommandContext context, ParseResult parse, string method, CancellationToken cancellationToken)
    {
        var report = context.Report(parse);
        var result = await context.AskAsync(method, IpcJson.Default.VerifyResult, cancellationToken);
        report.Answer(result, IpcJson.Default.VerifyResult, r => Render(report, r));
        return result.Healthy ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void Render(Reporter report, VerifyResult result)
    {
        foreach (var repaired in result.Repaired)
        {
            report.Line($"{report.Style.Green("repaired")}: {repaired.Was} [{repaired.Object}]");
        }

        foreach (var file in result.Rewritten)
        {
            report.Line($"{report.Style.Green("rewritten")}: {file} had damaged copies");
        }

        foreach (var file in result.SetAside)
        {
            report.Line($"{report.Style.Green("set aside")}: {file} cannot be read and is not needed any more");
        }

        foreach (var problem in result.Problems)
        {
            report.Line($"{report.Style.Red(problem.Code)}: {problem.What}{(problem.Object is { } id ? $" [{id}]" : "")}{(problem.Place is { } place ? $" at {place}" : "")}");
            if (problem.Hint is { } hint)
            {
                report.Line($"    {hint}");
            }
        }

        report.Line(result.Healthy
            ? report.Style.Green($"Healthy: {result.Objects:N0} objects, {result.Bytes:N0} bytes read.")
            : report.Style.Red($"{result.Problems.Count} problems in {result.Objects:N0} objects."));
    }
}
