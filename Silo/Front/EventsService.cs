using Grpc.Core;
using Orleans;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Protocol.Grpc;
using TreeEvent = W0rktree.Protocol.Grpc.TreeEvent;

namespace W0rktree.Silo.Front;

/// <summary>Serves what happens in a tree while somebody listens.</summary>
internal sealed class EventsService(EventFeed feed) : Events.EventsBase
{
    /// <inheritdoc/>
    public override Task Watch(WatchRequest request, IServerStreamWriter<TreeEvent> responseStream, ServerCallContext context) =>
        feed.RunAsync(CallerSession.Of(context), Wire.Tree(request.Tree), request.SinceSequence, responseStream.WriteAsync, context.CancellationToken);
}
