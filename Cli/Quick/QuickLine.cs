using Microsoft.Win32.SafeHandles;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Quick;

/// <summary>One of the command lines that are answered on the shortest way: <c>wt status</c>, <c>wt snapshot</c> and <c>wt snapshot -m TEXT</c>.</summary>
internal sealed class QuickLine
{
    private readonly string? _message;

    private QuickLine(string method, string? message) => (Method, _message) = (method, message);

    /// <summary>Gets what the agent is asked.</summary>
    public string Method { get; }

    /// <summary>Reads a line; null for any other.</summary>
    public static QuickLine? Read(string[] arguments)
    {
        if (arguments.Length is not (1 or 3))
        {
            return null;
        }

        if (arguments.Length == 1)
        {
            return MethodOf(arguments[0]) is { } method ? new QuickLine(method, null) : null;
        }

        var (option, message) = (arguments[1], arguments[2]);
        return arguments[0] == "snapshot" && option is ("-m" or "--message") && message.Length > 0 && message[0] != '-'
            ? new QuickLine(Methods.SnapshotCreate, message)
            : null;
    }

    /// <summary>Gives what a command of these asks the agent; null for any other command.</summary>
    public static string? MethodOf(string command) => command switch
    {
        "status" => Methods.Status,
        "snapshot" => Methods.SnapshotCreate,
        _ => null,
    };

    /// <summary>Asks a running agent; null where it was not asked, because nobody listens or the line holds what only the general way knows to write.</summary>
    public QuickAnswer? Ask(string socketPath, string cwd, Style style)
    {
        if (QuickCall.TryAsk(socketPath, Method, cwd, _message) is not { } asked)
        {
            return null;
        }

        var lines = new TextLines(style);
        return new QuickAnswer(!asked.Result.IsEmpty && Write(lines, asked.Result) ? lines.Text : null, asked.Socket);
    }

    private bool Write(TextLines lines, ReadOnlySpan<byte> answer)
    {
        if (Method == Methods.Status)
        {
            if (AnswerReader.TryReadStatus(answer) is not { } status)
            {
                return false;
            }

            StatusLines.Write(lines, status);
            return true;
        }

        if (AnswerReader.TryReadSnapshot(answer) is not { } made)
        {
            return false;
        }

        SnapshotLines.Made(lines, made);
        return true;
    }
}

/// <summary>What came of asking.</summary>
internal sealed class QuickAnswer(string? text, SafeFileHandle socket)
{
    /// <summary>Gets the text to write; null where only the general way knows it.</summary>
    public string? Text { get; } = text;

    /// <summary>Gets the conversation, in which the answer is still to be read.</summary>
    public SafeFileHandle Socket { get; } = socket;
}
