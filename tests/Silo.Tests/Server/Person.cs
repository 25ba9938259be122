using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using W0rktree.Core.History;

namespace W0rktree.Silo.Tests.Server;

/// <summary>Somebody with an account, and what their client would do.</summary>
public sealed class Person
{
    public const string Password = "correct horse battery";

    private readonly GrpcChannel _channel;

    private Person(GrpcChannel channel, string slug, SignInReply signedIn)
    {
        (_channel, Slug, Account, Token) = (channel, slug, signedIn.Account, signedIn.Token);
        (Identity, Worktrees, Sync, Events) = (new(channel), new(channel), new(channel), new(channel));
    }

    public string Slug { get; }

    public Account Account { get; }

    public string Token { get; private set; }

    public string Copy { get; } = Id();

    public Identity.IdentityClient Identity { get; }

    public Worktrees.WorktreesClient Worktrees { get; }

    public Sync.SyncClient Sync { get; }

    public Events.EventsClient Events { get; }

    public Metadata Head => new() { { "authorization", $"Bearer {Token}" } };

    public static string Id() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public static async Task<Person> RegisterAsync(GrpcChannel channel, string? slug = null, string invitation = "")
    {
        slug ??= "p" + Id()[..12];
        var registration = Registration(slug);
        registration.Invitation = invitation;
        return new Person(channel, slug, await new Identity.IdentityClient(channel).RegisterAsync(registration));
    }

    public static RegisterRequest Registration(string slug) => new()
    {
        Slug = slug, Email = $"{slug}@example.org", DisplayName = slug, Password = Password, Client = "tests", RequestId = Id(),
    };

    /// <summary>The same person on another connection or with another token.</summary>
    public Person With(string token) => new(_channel, Slug, new SignInReply { Account = Account, Token = token });

    /// <summary>Gives the public id of this token, asked for with another one of the same account.</summary>
    public async Task<string> TokenIdAsync(Person other)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Token)))[..32];
        Assert.Contains((await other.Identity.ListTokensAsync(new ListTokensRequest(), other.Head)).Tokens, t => t.Id == id);
        return id;
    }

    /// <summary>The same account after a restart of the server.</summary>
    public Person On(GrpcChannel channel) => new(channel, Slug, new SignInReply { Account = Account, Token = Token });

    public async Task<TreeRef> CreateWorktreeAsync(string name, TreeId tree = default, string? owner = null) => (await Worktrees.CreateWorktreeAsync(
        new CreateWorktreeRequest
        {
            Owner = owner ?? Slug, Name = name, WorktreeId = Id(), RootTreeId = tree == default ? Snapshots.Tree.ToString() : tree.ToString(), DefaultBranch = "main",
        },
        Head)).Root;

    public async Task<IReadOnlyList<Membership>> MembershipsAsync() => (await Identity.WhoAmIAsync(new WhoAmIRequest(), Head)).Memberships;

    public async Task AddMemberAsync(Person other, string role = "developer") =>
        await SetMemberAsync(Slug, other.Slug, role);

    public async Task SetMemberAsync(string tenant, string account, string role) =>
        _ = await Identity.SetMemberAsync(new SetMemberRequest { Tenant = tenant, Account = account, Role = role }, Head);

    /// <summary>Uploads the closure of a snapshot, in the order and the frames of a client.</summary>
    public async Task<UploadReply> UploadAsync(TreeRef tree, MemoryObjects objects, SnapshotId tip, params SnapshotId[] common)
    {
        var frames = await FramesAsync(objects, tip, common);
        var session = Session();
        var opened = await OpenAsync(tree, tip, session, frames.Count);
        return opened.Complete ? new UploadReply { Complete = true } : await SendAsync(tree, session, opened.ReceivedObjects, frames.SelectMany(f => f));
    }

    public static ByteString Session() => ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));

    public async Task<OpenUploadReply> OpenAsync(TreeRef tree, SnapshotId tip, ByteString session, int objects) => await Sync.OpenUploadAsync(
        new OpenUploadRequest { Tree = tree, Session = session, Tip = Bytes(tip), ObjectCount = (ulong)objects }, Head);

    public async Task<UploadReply> SendAsync(TreeRef tree, ByteString session, ulong first, IEnumerable<ObjectFrame> frames)
    {
        using var call = Sync.Upload(Head);
        try
        {
            await call.RequestStream.WriteAsync(new UploadFrame { Start = new UploadStart { Tree = tree, Session = session, FirstObject = first } });
            foreach (var frame in frames)
            {
                await call.RequestStream.WriteAsync(new UploadFrame { Object = frame });
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The server ended the call; the answer says why.
        }

        return await call;
    }

    /// <summary>Lists the frames of each object of a closure.</summary>
    public static async Task<List<List<ObjectFrame>>> FramesAsync(MemoryObjects objects, SnapshotId tip, params SnapshotId[] common)
    {
        const int frameBytes = 1 << 20;
        var walk = new ClosureWalk(objects.Graph);
        await walk.ExcludeAsync(common, CancellationToken.None);
        var all = new List<List<ObjectFrame>>();
        await foreach (var item in walk.SnapshotAsync(tip, CancellationToken.None))
        {
            var bytes = (await objects.TryReadAsync(item.Id, CancellationToken.None))!.Bytes;
            all.Add([.. Enumerable.Range(0, Math.Max(1, (bytes.Length + frameBytes - 1) / frameBytes)).Select(i => new ObjectFrame
            {
                Id = ByteString.CopyFrom(item.Id.ToArray()),
                Kind = (uint)item.Kind,
                Data = ByteString.CopyFrom(bytes.Span[(i * frameBytes)..Math.Min(bytes.Length, (i + 1) * frameBytes)]),
                More = (i + 1) * frameBytes < bytes.Length,
            })]);
        }

        return all;
    }

    public async Task<PushReply> PushAsync(TreeRef tree, SnapshotId expected, SnapshotId head, string branch = "main", string? requestId = null) => await Sync.PushAsync(
        new PushRequest { Tree = tree, Branch = branch, ExpectedHead = Bytes(expected), NewHead = Bytes(head), RequestId = requestId ?? Id(), CopyId = Copy }, Head);

    public async Task<StageReply> StageAsync(TreeRef tree, SnapshotId from, SnapshotId snapshot, ulong sequence = 1, string branch = "main") => await Sync.StageAsync(
        new StageRequest { Tree = tree, Snapshot = Bytes(snapshot), Base = Bytes(from), Branch = branch, CopyId = Copy, Sequence = sequence }, Head);

    /// <summary>Fetches everything that snapshots hold into memory and says how many objects came.</summary>
    public async Task<int> DownloadAsync(TreeRef tree, MemoryObjects into, SnapshotId[] want, SnapshotId[]? have = null, ulong skip = 0)
    {
        var request = new DownloadRequest { Tree = tree, SkipObjects = skip };
        request.Want.AddRange(want.Select(Bytes));
        request.Have.AddRange((have ?? []).Select(Bytes));
        using var call = Sync.Download(request, Head);
        var (count, parts) = (0, new MemoryStream());
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            if (call.ResponseStream.Current.Object is not { } frame)
            {
                continue;
            }

            parts.Write(frame.Data.Span);
            if (!frame.More)
            {
                var id = ContentHash.FromBytes(frame.Id.Span);
                await into.WriteAsync((ObjectKind)frame.Kind, id, parts.ToArray(), CancellationToken.None);
                (count, parts) = (count + 1, new MemoryStream());
            }
        }

        return count;
    }

    public static ByteString Bytes(SnapshotId id) => id.IsZero ? ByteString.Empty : ByteString.CopyFrom(id.Hash.ToArray());

    /// <summary>Expects a call to be refused and gives the code and the message that the trailer carries.</summary>
    public static async Task<(string Code, string Message, StatusCode Status)> RefusedAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        var words = refused.Trailers.GetValueBytes("wt-error-bin");
        Assert.True(words is not null, $"No error trailer with {refused.Status}");
        using var json = JsonDocument.Parse(words);
        return (json.RootElement.GetProperty("code").GetString()!, json.RootElement.GetProperty("message").GetString()!, refused.StatusCode);
    }
}
