using W0rktree.Cli.Commands;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Quick;

/// <summary>Answers the line <c>wt status</c> on the shortest way.</summary>
internal static class QuickStatus
{
    /// <summary>Asks, where the line is that one; null leaves it to the general way.</summary>
    public static StatusResult? TryAsk(IReadOnlyList<string> arguments, CommandContext context)
    {
        if (!OperatingSystem.IsLinux() || arguments is not ["status"])
        {
            return null;
        }

        try
        {
            return QuickCall.TryAsk(context.Agent.SocketPath, Methods.Status, context.Cwd) is { } answer ? StatusReader.TryRead(answer.Span) : null;
        }
        catch (IOException)
        {
            return null; // The general way will meet it too, and say so.
        }
    }

    /// <summary>Writes the answer as the general way does.</summary>
    public static Task<int> ShowAsync(CommandContext context, StatusResult status)
    {
        using var whole = context.Terminal.Whole();
        StatusCommand.Render(new Reporter(context.Terminal, json: false), status);
        return Task.FromResult(ExitCodes.Ok);
    }
}
