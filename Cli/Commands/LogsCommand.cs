using System.CommandLine;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt worker logs</c>: the end of the agent's log, and with <c>-f</c> what is added to it.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Levels = ["debug", "info", "warn", "error"];

    public static WtCommand Create(CommandContext context)
    {
        var command = new WtCommand("logs", "Show the agent's log", "wt worker logs -n 50", "wt worker logs -f");
        var lines = command.Take(new Option<int>("--lines", "-n") { Description = "How many lines from the end", DefaultValueFactory = _ => 100 });
        var follow = command.Take(new Option<bool>("--follow", "-f") { Description = "Go on with what is added, until Ctrl+C" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var path = Path.Combine(Endpoint.DataFolder(context.Environment), "logs", "worker.log");
            if (!File.Exists(path) && !parse.GetValue(follow))
            {
                throw AgentException.Of(ErrorCodes.NotFound, $"There is no log at {path}.", "The agent writes it from its first start on.");
            }

            var report = context.Report(parse);
            using var reader = new LogReader(path);
            foreach (var line in Last(path, reader, parse.GetValue(lines)))
            {
                Write(report, line);
            }

            while (parse.GetValue(follow))
            {
                foreach (var line in reader.ReadNew())
                {
                    Write(report, line);
                }

                await Task.Delay(Pause, context.Clock, cancellationToken);
            }
        });
    }

    /// <summary>The last lines, from the log before the present one too where that is younger than so many lines.</summary>
    private static IEnumerable<string> Last(string path, LogReader reader, int count)
    {
        var last = new Queue<string>();
        foreach (var line in (File.Exists(path + ".1") ? File.ReadLines(path + ".1") : []).Concat(reader.ReadNew()))
        {
            last.Enqueue(line);
            if (last.Count > count)
            {
                last.Dequeue();
            }
        }

        return last;
    }

    private static void Write(Reporter report, string line) => report.Answer(Parse(line), ServiceJson.Default.LogLine, _ => report.Line(line));

    private static LogLine Parse(string line) => line.Split(' ', 3) is [var time, var level, var message] && Levels.Contains(level)
        ? new LogLine(time, level, message.TrimStart())
        : new LogLine(null, null, line);
}
