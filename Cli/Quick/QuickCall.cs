using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Quick;

/// <summary>
/// Asks a running agent one question (docs/reference/ipc.md) and looks at its answer without taking it: who does not understand it
/// leaves the conversation to the general way, as <see cref="BegunConversation"/>.
/// </summary>
internal sealed partial class QuickCall
{
    private const int HeaderBytes = 4;

    // A socket holds some 200 KiB, and what is only looked at stays in it.
    private const int MostBytes = 64 * 1024;

    private const int SocketLevel = 1; // SOL_SOCKET
    private const int PeekOffset = 42; // SO_PEEK_OFF: looking goes on where it ended before
    private const int Peek = 2; // MSG_PEEK
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int Interrupted = 4; // EINTR

    private readonly byte[] _frame;
    private readonly Range _result;

    private QuickCall(SafeFileHandle socket, byte[] frame, Range result) => (Socket, _frame, _result) = (socket, frame, result);

    /// <summary>Gets the conversation, of which nothing was read yet.</summary>
    public SafeFileHandle Socket { get; }

    /// <summary>Gets the result's JSON; empty where the first that the agent said is anything else.</summary>
    public ReadOnlySpan<byte> Result => _frame.AsSpan(_result);

    /// <summary>Asks; null where nothing was asked, because nobody listens or something would have to be escaped.</summary>
    /// <param name="socketPath">Where the agent listens.</param>
    /// <param name="method">What is asked.</param>
    /// <param name="cwd">The directory the user stands in.</param>
    /// <param name="message">The parameter "message", if there is any.</param>
    public static QuickCall? TryAsk(string socketPath, string method, string cwd, string? message)
    {
        // What would have to be escaped in JSON is left to the serializer of the general way.
        if (!IsPlain(cwd) || (message is not null && !IsPlain(message)) || TryOpen(socketPath) is not { } socket)
        {
            return null;
        }

        if (Set(socket, SocketLevel, PeekOffset, 0, sizeof(int)) != 0)
        {
            socket.Dispose();
            return null;
        }

        // An agent that refuses a client says why and closes: what it said is there to be read all the same.
        Send(socket, Requests(method, cwd, message));
        return LookAtAnswer(socket);
    }

    private static SafeFileHandle? TryOpen(string socketPath)
    {
        try
        {
            return AgentSocket.TryOpen(socketPath);
        }
        catch (IOException)
        {
            return null; // The general way will meet it too, and say so.
        }
    }

    private static QuickCall LookAtAnswer(SafeFileHandle socket)
    {
        while (true)
        {
            var frame = LookAtFrame(socket);
            var understood = Understand(frame, out var id, out var result);
            if (!understood || id != BegunConversation.Greeting)
            {
                return new QuickCall(socket, frame, understood && id == BegunConversation.Question ? result : default);
            }

            // The agent understands; the answer to the question follows.
        }
    }

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or '"' or '\\' || char.IsSurrogate(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Greeting and question as two frames for one write.</summary>
    private static byte[] Requests(string method, string cwd, string? message)
    {
        var greeting = $$"""{ "id":{{BegunConversation.Greeting}},"method":"{{Methods.Hello}}","params":{ "protocol":{{Methods.ProtocolVersion}},"client":"wt" } }""";
        var parameters = message is null ? "" : string.Concat("\"message\":\"", message, "\" ");
        var question = $$"""{ "id":{{BegunConversation.Question}},"method":"{{method}}","cwd":"{{cwd}}","params":{ {{parameters}}} }""";
        var bytes = new byte[(2 * HeaderBytes) + Encoding.UTF8.GetByteCount(greeting) + Encoding.UTF8.GetByteCount(question)];
        Put(bytes.AsSpan(Put(bytes, greeting)), question);
        return bytes;
    }

    private static int Put(Span<byte> at, string frame)
    {
        var length = Encoding.UTF8.GetBytes(frame, at[HeaderBytes..]);
        BinaryPrimitives.WriteInt32BigEndian(at, length);
        return HeaderBytes + length;
    }

    private static void Send(SafeFileHandle socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = SendSome(socket, bytes, (nuint)bytes.Length, NoSignal);
            if (count >= 0)
            {
                bytes = bytes[(int)count..];
            }
            else if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                return;
            }
        }
    }

    /// <summary>Looks at one frame; an empty one is the end, or anything that is none, or too long to be looked at.</summary>
    private static byte[] LookAtFrame(SafeFileHandle socket)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!LookAt(socket, header))
        {
            return [];
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        var frame = length <= MostBytes ? new byte[length] : [];
        return LookAt(socket, frame) ? frame : [];
    }

    private static bool LookAt(SafeFileHandle socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = ReceiveSome(socket, bytes, (nuint)bytes.Length, Peek);
            if (count > 0)
            {
                bytes = bytes[(int)count..];
            }
            else if (count == 0 || Marshal.GetLastPInvokeError() != Interrupted)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Finds whom a frame answers and where its result stands; false for a frame without one, or one that is no JSON.</summary>
    private static bool Understand(ReadOnlySpan<byte> frame, out long id, out Range result)
    {
        (id, result) = (0, default);
        var found = false;
        try
        {
            var reader = new Utf8JsonReader(frame);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isResult) = (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("result"u8));
                reader.Read();
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isId)
                {
                    id = reader.GetInt64();
                }
                else if (isResult && reader.TokenType != JsonTokenType.Null)
                {
                    (found, result) = (true, from..(int)reader.BytesConsumed);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }

        return found;
    }

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    private static partial int Set(SafeFileHandle socket, int level, int option, in int value, uint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendSome(SafeFileHandle socket, ReadOnlySpan<byte> buffer, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint ReceiveSome(SafeFileHandle socket, Span<byte> buffer, nuint count, int flags);
}
