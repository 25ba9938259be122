using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Quick;

/// <summary>Asks a running agent one question without parameters (docs/reference/ipc.md).</summary>
internal static class QuickCall
{
    private const int HeaderBytes = 4;
    private const int Greeting = 1;
    private const int Question = 2;

    /// <summary>Gives the result's JSON; null where the answer is anything else than that, or nobody answers.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static ReadOnlyMemory<byte>? TryAsk(string socketPath, string method, string cwd)
    {
        // What would have to be escaped in JSON is left to the serializer of the general way.
        if (!IsPlain(cwd) || AgentSocket.TryConnect(socketPath) is not { } stream)
        {
            return null;
        }

        using (stream)
        {
            stream.Write(Requests(method, cwd));
            while (ReadFrame(stream) is { } frame)
            {
                switch (Understand(frame.Span, out var id, out var result))
                {
                    case true when id == Question:
                        return frame[result];
                    case true when id == Greeting:
                        break; // Understood by the agent; the answer to the question follows.
                    default:
                        return null;
                }
            }

            return null;
        }
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.AsSpan().ContainsAny('"', '\\');

    /// <summary>Greeting and question as two frames for one write.</summary>
    private static byte[] Requests(string method, string cwd)
    {
        var greeting = $$"""{ "id":{{Greeting}},"method":"{{Methods.Hello}}","params":{ "protocol":{{Methods.ProtocolVersion}},"client":"wt" } }""";
        var question = $$"""{ "id":{{Question}},"method":"{{method}}","cwd":"{{cwd}}","params":{ } }""";
        var bytes = new byte[(2 * HeaderBytes) + greeting.Length + question.Length];
        Put(bytes, greeting);
        Put(bytes.AsSpan(HeaderBytes + greeting.Length), question);
        return bytes;
    }

    private static void Put(Span<byte> at, string frame)
    {
        BinaryPrimitives.WriteInt32BigEndian(at, frame.Length);
        Encoding.ASCII.GetBytes(frame, at[HeaderBytes..]);
    }

    private static ReadOnlyMemory<byte>? ReadFrame(Stream stream)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length is 0 or > Framing.MaxFrameBytes)
        {
            return null;
        }

        var frame = new byte[length];
        stream.ReadExactly(frame);
        return frame;
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
}
