using System.CommandLine;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt worker</c>: starts, stops and inspects the agent.</summary>
internal static class WorkerCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("worker", "Start, stop and inspect the agent; commands start it by themselves", "wt worker status").With(
            Start(context), Stop(context), Restart(context), Status(context), LogsCommand.Create(context), ServiceCommands.CreateInstall(context), ServiceCommands.CreateUninstall(context));

    private static WtCommand Start(CommandContext context) =>
        new WtCommand("start", "Start the agent", "wt worker start").Run((parse, cancellationToken) => ShowAsync(context, parse, cancellationToken));

    private static WtCommand Stop(CommandContext context) =>
        new WtCommand("stop", "Stop the agent; what is pending is kept in a snapshot first", "wt worker stop").Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var stopped = await StopAsync(context, cancellationToken);
            report.Answer(new Nothing(), IpcJson.Default.Nothing, _ => report.Line(stopped ? "The agent has stopped." : "No agent runs."));
        });

    private static WtCommand Restart(CommandContext context) =>
        new WtCommand("restart", "Stop the agent and start it again", "wt worker restart").Run(async (parse, cancellationToken) =>
        {
            await StopAsync(context, cancellationToken);
            await ShowAsync(context, parse, cancellationToken);
        });

    private static WtCommand Status(CommandContext context) =>
        new WtCommand("status", "Show how the agent is: state, trees, server, storage", "wt worker status").Run(async (parse, cancellationToken) =>
        {
            if (await context.Agent.TryConnectAsync(cancellationToken) is not { } running)
            {
                throw AgentException.Of("agent_not_running", $"No agent listens at {context.Agent.SocketPath}.", "Any command starts it, or 'wt worker start'.");
            }

            await running.DisposeAsync();
            await ShowAsync(context, parse, cancellationToken);
        });

    private static async Task ShowAsync(CommandContext context, ParseResult parse, CancellationToken cancellationToken)
    {
        var report = context.Report(parse);
        var status = await context.AskAsync(Methods.WorkerStatus, IpcJson.Default.WorkerStatusResult, cancellationToken);
        report.Answer(status, IpcJson.Default.WorkerStatusResult, s => Render(report, s));
    }

    private static string Moment(DateTimeOffset? time) => time is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) : "never";

    /// <summary>Asks the agent to stop and waits until it is gone: the connection ends when its process does.</summary>
    internal static async Task<bool> StopAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (await context.Agent.TryConnectAsync(cancellationToken) is not { } connection)
        {
            return false;
        }

        await using (connection)
        {
            await connection.CallAsync(
                new AgentCall<Nothing, Nothing>(Methods.WorkerStop, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.Nothing), cancellationToken);
        }

        while (AgentConnection.TryConnect(context.Agent.SocketPath) is { } still)
        {
            await still.DisposeAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(20), context.Clock, cancellationToken);
        }

        return true;
    }

    private static void Render(Reporter report, WorkerStatusResult status)
    {
        report.Line($"State:     {status.State}{(status.StateDetail is { } detail ? $" ({detail})" : "")}");
        report.Line($"Process:   {status.Pid}, version {status.Version}, up {TimeSpan.FromSeconds(status.UptimeSeconds):d\\.hh\\:mm\\:ss}, {status.MemoryBytes / 1024 / 1024:N0} MiB");
        report.Line($"Socket:    {status.IpcPath}");
        foreach (var tree in status.Trees)
        {
            report.Line($"Watching:  {tree.Root} ({tree.Branch}; {tree.WatcherBackend}, {tree.Directories:N0} directories, {tree.IgnoreRules:N0} ignore rules of {tree.IgnoreFiles:N0} files, {tree.PendingChanges:N0} pending)");
        }

        var server = status.Server;
        report.Line($"Server:    {server.Url ?? "(none)"}, {server.Connection}{(server.Account is { } account ? $" as {account}" : "")}{(server.Protocol is { } protocol ? $", {protocol}" : "")}{(server.LatencyMs is { } ms ? $", {ms:N1} ms" : "")}");
        report.Line($"Sync:      {server.PendingSync} waiting, last {Moment(server.LastSync)}{(server.LastError is { } error ? $"; {error}" : "")}");
        report.Line($"Storage:   {status.Storage.Path}: {status.Storage.Snapshots:N0} snapshots, {status.Storage.Objects:N0} objects, {status.Storage.DiskBytes / 1024.0 / 1024.0:N1} MiB, garbage collected {Moment(status.Storage.LastGc)}");
        if (status.Recovery is { } recovery)
        {
            report.Line(report.Style.Yellow($"Recovery:  {recovery.Action}"));
            report.Line($"           {(recovery.StalePid ? "the run before was cut off" : "the run before ended cleanly")}, last clean end {Moment(recovery.LastClean)}; {recovery.FilesChanged:N0} files changed meanwhile; journal: {recovery.JournalReplayed:N0} replayed, {recovery.JournalDiscarded:N0} discarded");
        }

        foreach (var warning in status.Warnings)
        {
            report.Line(report.Style.Yellow($"Warning:   {warning.Message}"));
        }
    }
}
