using System.Net.WebSockets;
using System.Text.Json;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Silo.Front;
using TreeEvent = W0rktree.Protocol.Grpc.TreeEvent;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Live events, over WebSocket.</summary>
internal static class EventRoutes
{
    // A client that does not answer to a close has a moment, and is then gone.
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(5);

    public static void Map(RouteGroupBuilder root) => root.MapGet("/worktrees/{owner}/{name}/events", WatchAsync).WithTags("events").WithName("watch_events")
        .WithSummary("Follow a tree over WebSocket: one event a text message").Produces<EventAnswer>(StatusCodes.Status101SwitchingProtocols);

    private static async Task WatchAsync(
        string owner, string name, string? tree, ulong? since, IGrainFactory grains, NameBook names, EventFeed feed, IHostApplicationLifetime life, HttpContext context)
    {
        var address = (await names.WorktreeAsync(grains, owner, name, context.RequestAborted)).Tree(tree);

        // Asked before the protocol changes, so that a refusal is an ordinary answer.
        _ = (await grains.GetGrain<ITreeEventsGrain>(GrainKeys.Tree(address)).ReadAsync(0, context.RequestAborted)).OrRefuse();
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw Replies.Invalid("Events are sent over WebSocket alone.");
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var listening = ListenAsync(socket, ended);
        try
        {
            await feed.RunAsync(CallerSession.Of(context), address, since ?? 0, (happened, token) => SendAsync(socket, EventAnswer.Of(happened), token), ended.Token);
        }
        catch (RefusedException e)
        {
            await EndAsync(socket, e.Refusal);
        }
        catch (AccessDeniedException e)
        {
            await EndAsync(socket, e.Refusal);
        }
        catch (WebSocketException)
        {
            // The other end is gone; there is nobody to tell.
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested)
        {
            await EndAsync(socket, new Refusal { Code = "busy", Message = "The server is stopping." });
        }
        catch (OperationCanceledException)
        {
            await CloseAsync(socket, WebSocketCloseStatus.NormalClosure, "");
        }
        finally
        {
            await LeaveAsync(socket, listening);
            await ended.CancelAsync();
            await listening;
        }
    }

    /// <summary>Waits for the client to answer to a close: to stop reading before would tear the last words off the line.</summary>
    private static async Task LeaveAsync(WebSocket socket, Task listening)
    {
        try
        {
            if (socket.State == WebSocketState.CloseSent)
            {
                await listening.WaitAsync(GoodbyeLimit, TimeProvider.System);
            }
        }
        catch (TimeoutException)
        {
            socket.Abort();
        }
    }

    /// <summary>Reads until the client closes; what it says in between means nothing.</summary>
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource ended)
    {
        var ignored = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(ignored.AsMemory(), ended.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            return;
        }

        await ended.CancelAsync();
    }

    private static Task SendAsync<T>(WebSocket socket, T message, CancellationToken cancellationToken) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, RestJson.Options), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private static async Task EndAsync(WebSocket socket, Refusal refusal)
    {
        using var limit = new CancellationTokenSource(GoodbyeLimit);
        try
        {
            await SendAsync(socket, RestErrors.Describe(refusal), limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            return;
        }

        await CloseAsync(socket, WebSocketCloseStatus.PolicyViolation, refusal.Code);
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string words)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        using var limit = new CancellationTokenSource(GoodbyeLimit);
        try
        {
            await socket.CloseOutputAsync(status, words, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }
    }
}

/// <summary>Something that happened. Which fields are there depends on the type.</summary>
/// <param name="Sequence">The event's number; a gap means that events were lost: ask for lists again.</param>
/// <param name="Time">When.</param>
/// <param name="Type"><c>hello</c>, <c>heartbeat</c>, <c>reset</c>, <c>branch_moved</c>, <c>staged</c> or <c>overlap</c>.</param>
/// <param name="Branch">The branch.</param>
/// <param name="Account">Who.</param>
/// <param name="Copy">The working copy.</param>
/// <param name="Snapshot">The snapshot that a branch points to now, or that was staged.</param>
/// <param name="Before">The snapshot before.</param>
/// <param name="State">What became of staged work; <c>deleted</c> of a branch.</param>
/// <param name="Overlaps">Where the receiver's work meets others'.</param>
internal sealed record EventAnswer(
    ulong Sequence, DateTimeOffset Time, string Type, string? Branch = null, string? Account = null, string? Copy = null,
    string? Snapshot = null, string? Before = null, string? State = null, IReadOnlyList<OverlapAnswer>? Overlaps = null)
{
    public static EventAnswer Of(TreeEvent sent)
    {
        var plain = new EventAnswer(sent.Sequence, DateTimeOffset.FromUnixTimeMilliseconds(sent.UnixMs), TypeOf(sent));
        return sent switch
        {
            { BranchMoved: { } moved } => plain with
            {
                Branch = moved.Branch,
                Account = moved.By,
                Snapshot = TextOf(moved.NewHead),
                Before = TextOf(moved.OldHead),
                State = moved.Deleted ? "deleted" : null,
            },
            { Staged: { } staged } => plain with
            {
                Branch = staged.Branch,
                Account = staged.Account,
                Copy = staged.CopyId,
                Snapshot = TextOf(staged.Snapshot),
                Before = TextOf(staged.Base),
                State = staged.State,
            },
            { Overlap: { } overlap } => plain with
            {
                Branch = overlap.Branch,
                Copy = overlap.CopyId,
                Overlaps = [.. overlap.Overlaps.Select(o => new OverlapAnswer(Core.Paths.PathText.Display(o.Path.Span), o.Kind, o.OtherAccount, o.OtherBranch))],
            },
            _ => plain,
        };
    }

    private static string TypeOf(TreeEvent sent) => sent.EventCase switch
    {
        TreeEvent.EventOneofCase.Hello => "hello",
        TreeEvent.EventOneofCase.Heartbeat => "heartbeat",
        TreeEvent.EventOneofCase.Reset => "reset",
        TreeEvent.EventOneofCase.BranchMoved => "branch_moved",
        TreeEvent.EventOneofCase.Staged => "staged",
        TreeEvent.EventOneofCase.Overlap => "overlap",
        _ => throw new InvalidOperationException($"Unknown event {sent.EventCase}."),
    };

    private static string? TextOf(Google.Protobuf.ByteString bytes) => bytes.IsEmpty ? null : Convert.ToHexStringLower(bytes.Span);
}

/// <summary>A path that somebody else works on too.</summary>
/// <param name="Path">The path.</param>
/// <param name="Kind"><c>same_path</c>, <c>predicted_conflict</c> or <c>same_content</c>.</param>
/// <param name="Account">Who.</param>
/// <param name="Branch">On which branch.</param>
internal sealed record OverlapAnswer(string Path, string Kind, string Account, string Branch);
