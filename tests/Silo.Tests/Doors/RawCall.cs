using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Doors;

/// <summary>Calls any gRPC method by its description alone, and fills its request by the names of the fields.</summary>
internal sealed class RawCall(CallInvoker invoker, DoorScene scene)
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    /// <summary>Says how a call ended, <c>ok</c> or a code, and gives what was received.</summary>
    public async Task<(string Outcome, string Message, byte[] Received)> RunAsync(MethodDescriptor method, string? token, Func<string, object?>? instead = null)
    {
        var headers = new Metadata();
        if (token is not null)
        {
            headers.Add("authorization", $"Bearer {token}");
        }

        using var end = new CancellationTokenSource(TestServer.Patience);
        var options = new CallOptions(headers, cancellationToken: end.Token);
        var request = Sample(method.InputType, instead).ToByteArray();
        try
        {
            return ("ok", "", await ReceiveAsync(method, request, options, end));
        }
        catch (RpcException e)
        {
            var words = e.Trailers.GetValueBytes("wt-error-bin");
            if (words is null)
            {
                return (e.StatusCode.ToString(), e.Status.Detail, []);
            }

            using var json = JsonDocument.Parse(words);
            return (json.RootElement.GetProperty("code").GetString()!, Encoding.UTF8.GetString(words), words);
        }
    }

    private async Task<byte[]> ReceiveAsync(MethodDescriptor method, byte[] request, CallOptions options, CancellationTokenSource end)
    {
        var type = (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (false, false) => MethodType.Unary,
            (true, false) => MethodType.ClientStreaming,
            (false, true) => MethodType.ServerStreaming,
            _ => MethodType.DuplexStreaming,
        };
        var raw = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, Bytes, Bytes);
        switch (type)
        {
            case MethodType.Unary:
                return await invoker.AsyncUnaryCall(raw, null, options, request);
            case MethodType.ClientStreaming:
                using (var sending = invoker.AsyncClientStreamingCall(raw, null, options))
                {
                    try
                    {
                        await sending.RequestStream.WriteAsync(request);
                        await sending.RequestStream.CompleteAsync();
                    }
                    catch (Exception e) when (e is RpcException or InvalidOperationException)
                    {
                        // The server ended the call; the answer says why.
                    }

                    return await sending;
                }

            case MethodType.ServerStreaming:
                using (var reading = invoker.AsyncServerStreamingCall(raw, null, options, request))
                {
                    // A stream that stays open is left after its first message.
                    var all = new MemoryStream();
                    while (await reading.ResponseStream.MoveNext(end.Token))
                    {
                        all.Write(reading.ResponseStream.Current);
                        if (method.Name == "Watch")
                        {
                            break;
                        }
                    }

                    return all.ToArray();
                }

            default:
                throw new NotSupportedException($"{method.FullName}: no call of this kind is known to this test yet.");
        }
    }

    private IMessage Sample(MessageDescriptor type, Func<string, object?>? instead)
    {
        var message = type.Parser.ParseFrom([]);
        var choices = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in type.Fields.InFieldNumberOrder().Where(f => f.ContainingOneof is null || choices.Add(f.ContainingOneof.Name)))
        {
            var value = instead?.Invoke(field.Name) ?? Sample(field, instead);
            if (field.IsRepeated && value is not null)
            {
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
            }
            else if (value is not null)
            {
                field.Accessor.SetValue(message, value);
            }
        }

        return message;
    }

    private object? Sample(FieldDescriptor field, Func<string, object?>? instead) => (field.Name, field.FieldType) switch
    {
        ("tree", _) => scene.Tree,
        ("tenant" or "owner", _) => scene.Owner.Slug,
        ("account", FieldType.String) => scene.Target.Slug,
        ("role", FieldType.String) => "viewer",
        ("level", FieldType.String) => "read",
        ("name", FieldType.String) => field.ContainingType.Name switch
        {
            "GetWorktreeRequest" => "shop",
            "DeleteBranchRequest" => "old",
            _ => "n" + Person.Id()[..8],
        },
        ("branch", FieldType.String) => "main",
        ("scopes", FieldType.String) => "tree:read",
        ("slug", FieldType.String) => "o" + Person.Id()[..10],
        ("email", FieldType.String) => "door@example.org",
        ("id" or "request_id" or "copy_id" or "worktree_id" or "root_tree_id", FieldType.String) => Person.Id(),
        ("session", FieldType.Bytes) => Person.Session(),
        (_, FieldType.Bytes) => Person.Bytes(scene.Head),
        ("sequence", FieldType.UInt64) => 1UL,
        (_, FieldType.Message) when !field.IsRepeated && !field.IsMap => Sample(field.MessageType, instead),
        _ => null,
    };
}
