using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using W0rktree.Core.Objects;
using W0rktree.Silo.Tests.Doors;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Isolation;

/// <summary>Holds everything that a request may name, of both servers, and what is nowhere; draws requests from it.</summary>
/// <param name="doors">The routes of REST.</param>
internal sealed class Pool(IEnumerable<(RouteEndpoint Route, string Method)> doors)
{
    // What gives out tokens, which are random, is not compared here; an audit has ids of requests, which are random too.
    private static readonly string[] LeftOut = ["Register", "SignIn", "SignOut", "CreateToken", "RevokeToken", "ListTokens", "WhoAmI", "Watch", "Ends", "Read"];

    // For the same reasons; and how many requests there were within a minute depends on the clock.
    private static readonly string[] RestLeftOut = ["register", "sign_in", "sign_out", "create_token", "revoke_token", "list_tokens", "show_account", "audit", "invite", "service_token", "show_quota"];

    private readonly (RouteEndpoint Route, string Method)[] _doors =
        [.. doors.Where(d => d.Route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName is { } name && !RestLeftOut.Any(l => name.Contains(l, StringComparison.Ordinal)))];

    private readonly MethodDescriptor[] _methods = [.. GrpcDoorTests.Methods.Where(m => !LeftOut.Contains(m.Name))];

    public List<TreeRef> Trees { get; } = [new() { TenantId = new TenantId(9).ToString(), WorktreeId = new WorktreeId(9).ToString(), TreeId = new TreeId(9).ToString() }];

    public TreeRef Own { get; set; } = new();

    public List<string> Names { get; } = ["nothing", "gamma"];

    public List<SnapshotId> Snapshots { get; } = [new(ContentHash.OfContent("nowhere"u8))];

    public Dictionary<ContentHash, StoredObject> Objects { get; } = [];

    /// <summary>Draws one request; what it names is fixed, so that both servers get the same bytes.</summary>
    public IDrawnRequest Draw(Random random)
    {
        if (random.Next(2) == 0)
        {
            return DrawnRestRequest.Draw(_doors[random.Next(_doors.Length)], part => Value(part, random));
        }

        var method = _methods[random.Next(_methods.Length)];
        return method.Name == "Upload" ? DrawUpload(random, method) : new DrawnRequest(method, [Fill(method.InputType, random).ToByteArray()]);
    }

    /// <summary>Draws an upload of some objects that are known somewhere, for a snapshot that is known somewhere: what is missing must not depend on A.</summary>
    private DrawnRequest DrawUpload(Random random, MethodDescriptor method)
    {
        var (tree, session) = (random.Next(3) > 0 ? Own : Trees[random.Next(Trees.Count)], ByteString.CopyFrom([.. Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256))]));
        var objects = Objects.Keys.Order().Where(_ => random.Next(3) > 0).ToArray();
        var open = new OpenUploadRequest { Tree = tree, Session = session, Tip = Person.Bytes(Snapshots[random.Next(Snapshots.Count)]), ObjectCount = (ulong)objects.Length };
        var frames = objects.Select(id => new UploadFrame
        {
            Object = new ObjectFrame { Id = ByteString.CopyFrom(id.ToArray()), Kind = (uint)Objects[id].Kind, Data = ByteString.CopyFrom(Objects[id].Bytes.Span) },
        });
        var start = new UploadFrame { Start = new UploadStart { Tree = tree, Session = session } };
        return new DrawnRequest(method, [open.ToByteArray(), start.ToByteArray(), .. frames.Select(f => f.ToByteArray())]);
    }

    private IMessage Fill(MessageDescriptor type, Random random)
    {
        var message = type.Parser.ParseFrom([]);
        foreach (var field in type.Fields.InFieldNumberOrder().Where(f => f.ContainingOneof is null))
        {
            for (var i = field.IsRepeated ? random.Next(4) : 1; i > 0; i--)
            {
                var value = Value(field, random);
                if (field.IsRepeated && value is not null)
                {
                    ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
                }
                else if (value is not null)
                {
                    field.Accessor.SetValue(message, value);
                }
            }
        }

        return message;
    }

    private object? Value(FieldDescriptor field, Random random) => (field.Name, field.FieldType) switch
    {
        ("tree", _) => random.Next(2) == 0 ? Own : Trees[random.Next(Trees.Count)],
        ("tenant" or "owner" or "account" or "slug", FieldType.String) => Pick(random, "aaron", "berta", "carol", "nobody"),
        ("name", FieldType.String) when field.ContainingType.Name != "DeleteBranchRequest" => Names[random.Next(Names.Count)],
        ("name" or "branch", FieldType.String) => Pick(random, "main", "feature", "old"),
        ("role", FieldType.String) => Pick(random, "viewer", "developer", "king"),
        ("level", FieldType.String) => Pick(random, "read", "write", "all"),
        ("email", FieldType.String) => "x@example.org",
        ("worktree_id" or "root_tree_id" or "copy_id" or "request_id" or "id", FieldType.String) => $"{random.Next(2_990, 3_010):x32}",
        ("session", FieldType.Bytes) => ByteString.CopyFrom(new byte[16]),
        (_, FieldType.Bytes) => random.Next(8) == 0 ? ByteString.Empty : Person.Bytes(Snapshots[random.Next(Snapshots.Count)]),
        ("sequence" or "object_count" or "skip_objects", FieldType.UInt64) => (ulong)random.Next(20),
        (_, FieldType.Bool) => random.Next(2) == 0,
        _ => null,
    };

    private object? Value(RestPart part, Random random) => (part.Place, part.Name) switch
    {
        ("address", "owner" or "tenant" or "account") => Pick(random, "aaron", "berta", "carol", "nobody"),
        ("address", "name") => Names[random.Next(Names.Count)],
        ("address", "branch" or "revision") or ("query", "at" or "from" or "to") when part.Place == "address" || !part.IsOptional || random.Next(2) == 0 =>
            random.Next(3) == 0 ? Snapshots[random.Next(Snapshots.Count)] : Pick(random, "main", "main~1", "feature", "old"),
        ("address", "copy" or "id") => $"{random.Next(2_990, 3_010):x32}",
        ("address", "service" or "team") => Pick(random, "red", "blue"),
        ("query", "account") => Pick(random, "aaron", "berta", "carol", "nobody"),
        ("query", "permission") => Pick(random, "tree:read", "sync:push", "no:such"),
        ("query", "path") => Pick(random, "shared.txt", "secret.txt", "b.txt", "no/such"),
        ("query", "expected_head") => Snapshots[random.Next(Snapshots.Count)],
        ("query", "limit") when random.Next(2) == 0 => random.Next(4),
        ("query", "include_ended") => random.Next(2) == 0,
        ("body", "Tenant" or "Account") => Pick(random, "aaron", "berta", "carol", "nobody"),
        ("body", "Email") => "x@example.org",
        ("body", "Role") => Pick(random, "viewer", "developer", "king"),
        ("body", "Status") => Pick(random, "active", "frozen"),
        ("body", "Attributes") => new Dictionary<string, string> { [Pick(random, "team", "level")] = Pick(random, "a", "b") },
        ("body", "Name") when part.IsOptional => null,
        ("body", "Code" or "DeviceCode" or "UserCode") => "wti_none",
        ("body", "Visibility") => Pick(random, "private", "public", "secret"),
        ("body", "Client") => "a test",
        ("body", "Level") => Pick(random, "read", "write", "all"),
        ("body", "Name") => Names[random.Next(Names.Count)],
        ("body", "Id" or "RootTree" or "RequestId") => $"{random.Next(2_990, 3_010):x32}",
        _ when part.IsOptional => null,
        _ => throw new InvalidOperationException($"{part.Of}: say here what '{part.Name}' in the {part.Place} can be."),
    };

    private static string Pick(Random random, params string[] of) => of[random.Next(of.Length)];
}

/// <summary>Is one request, of several messages where it is an upload.</summary>
internal sealed record DrawnRequest(MethodDescriptor Method, byte[][] Messages) : IDrawnRequest
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    /// <inheritdoc/>
    public async Task<DrawnAnswer> SendAsync(TwinServer server, string token)
    {
        var received = new List<string>();
        var options = new CallOptions(new Metadata { { "authorization", $"Bearer {token}" } });
        try
        {
            var invoker = server.Channel.CreateCallInvoker();
            if (Method.IsClientStreaming)
            {
                await UploadAsync(invoker, options, received);
            }
            else if (Method.IsServerStreaming)
            {
                using var call = invoker.AsyncServerStreamingCall(Raw(MethodType.ServerStreaming, Method.Name), null, options, Messages[0]);
                while (await call.ResponseStream.MoveNext(CancellationToken.None))
                {
                    received.Add(Convert.ToHexStringLower(call.ResponseStream.Current));
                }
            }
            else
            {
                received.Add(Convert.ToHexStringLower(await invoker.AsyncUnaryCall(Raw(MethodType.Unary, Method.Name), null, options, Messages[0])));
            }

            return new DrawnAnswer("ok", string.Join('\n', received));
        }
        catch (RpcException e)
        {
            var words = e.Trailers.GetValueBytes("wt-error-bin") ?? [];
            var code = words.Length > 0 ? System.Text.Json.JsonDocument.Parse(words).RootElement.GetProperty("code").GetString()! : $"{e.StatusCode}";
            return new DrawnAnswer(code, $"{string.Join('\n', received)}\n{e.Status}\n{System.Text.Encoding.UTF8.GetString(words)}");
        }
    }

    public override string ToString() => Method.IsClientStreaming ? $"{Method.FullName} of {Messages.Length - 2} objects" : $"{Method.FullName} {Method.InputType.Parser.ParseFrom(Messages[0])}";

    private async Task UploadAsync(CallInvoker invoker, CallOptions options, List<string> received)
    {
        received.Add(Convert.ToHexStringLower(await invoker.AsyncUnaryCall(Raw(MethodType.Unary, "OpenUpload"), null, options, Messages[0])));
        using var call = invoker.AsyncClientStreamingCall(Raw(MethodType.ClientStreaming, Method.Name), null, options);
        try
        {
            foreach (var frame in Messages.Skip(1))
            {
                await call.RequestStream.WriteAsync(frame);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The server ended the call; the answer says why.
        }

        received.Add(Convert.ToHexStringLower(await call));
    }

    private Method<byte[], byte[]> Raw(MethodType type, string name) => new(type, Method.Service.FullName, name, Bytes, Bytes);
}

/// <summary>Is an answer, to be compared byte for byte.</summary>
internal sealed record DrawnAnswer(string Outcome, string Everything);
