using System.CommandLine;
using System.Text.Json;
using System.Threading.Channels;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt debug merge</c>: two revisions a line in, or three with the base first; one JSON object a line out.</summary>
internal static class DebugMergeCommand
{
    /// <summary>Merges of one request. A script that writes one line and waits for its answer gets it all the same.</summary>
    private const int MaxBatch = 4096;

    public static WtCommand Create(CommandContext context)
    {
        var command = new WtCommand("merge", "Merge snapshots in memory and tell what comes of it", "wt debug merge main~1 main feature", "echo main feature | wt debug merge");
        var revisions = command.Take(new Argument<string[]>("revisions") { Description = "[BASE] OURS THEIRS; without them, lines of them on stdin", Arity = new ArgumentArity(0, 3) });
        return command.Run(async (parse, cancellationToken) =>
        {
            if (parse.GetValue(revisions) is { Length: > 0 } given)
            {
                await AskAsync(context, [Merge(given)], error => throw new AgentException(error), cancellationToken);
                return ExitCodes.Ok;
            }

            var lines = Channel.CreateBounded<TrialMerge>(new BoundedChannelOptions(MaxBatch) { SingleReader = true, SingleWriter = true });
            var reading = Task.Run(() => ReadAsync(lines.Writer, cancellationToken), cancellationToken);
            var code = ExitCodes.Ok;
            while (await lines.Reader.WaitToReadAsync(cancellationToken))
            {
                var batch = new List<TrialMerge>();
                while (batch.Count < MaxBatch && lines.Reader.TryRead(out var merge))
                {
                    batch.Add(merge);
                }

                // A refused merge takes its line among the others, so that answers and questions stay side by side.
                await AskAsync(context, batch, _ => code = ExitCodes.Failed, cancellationToken);
            }

            await reading;
            return code;
        });
    }

    private static async Task ReadAsync(ChannelWriter<TrialMerge> lines, CancellationToken cancellationToken)
    {
        try
        {
            while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
            {
                await lines.WriteAsync(Merge(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), cancellationToken);
            }
        }
        finally
        {
            // What was read before is still answered; the failure itself comes out where this task is awaited.
            lines.TryComplete();
        }
    }

    private static TrialMerge Merge(string[] revisions) => revisions.Length is 2 or 3
        ? new TrialMerge(revisions.Length == 3 ? revisions[0] : null, revisions[^2], revisions[^1])
        : throw new AgentException(new ErrorInfo(ErrorCodes.InvalidArgument, "A merge takes two revisions, or three with the base first.", null));

    private static async Task AskAsync(CommandContext context, IReadOnlyList<TrialMerge> merges, Action<ErrorInfo> onRefusal, CancellationToken cancellationToken)
    {
        var output = context.Terminal.Output;
        await context.AskAsync(Methods.DebugMerge, new DebugMergeParams(merges), IpcJson.Default.DebugMergeParams, IpcJson.Default.DebugMergeResult, cancellationToken, item =>
        {
            if (item.Deserialize(IpcJson.Default.TrialMergeEvent) is { } answer)
            {
                if (answer.Error is { } error)
                {
                    onRefusal(error);
                }

                output.WriteLine(JsonSerializer.Serialize(answer, IpcJson.Default.TrialMergeEvent));
            }
        });
    }
}
