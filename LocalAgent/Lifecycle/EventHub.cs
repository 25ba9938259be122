using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Hands events to whoever subscribed. Publishing never waits: a subscriber that is too slow loses events and is told so. Thread-safe.</summary>
internal sealed class EventHub(TimeProvider time)
{
    /// <summary>A minute of busy work; a reader further behind is better served by asking anew.</summary>
    private const int Capacity = 256;

    private readonly ConcurrentDictionary<Subscription, byte> _subscriptions = new();

    /// <summary>Tells whether anybody listens, so that costly events need not be made for nobody.</summary>
    public bool HasListeners(string root) => _subscriptions.Keys.Any(subscription => subscription.Root == root);

    /// <summary>Hands an event to the subscribers of its working copy.</summary>
    public void Publish(AgentEvent happened)
    {
        foreach (var subscription in _subscriptions.Keys)
        {
            subscription.Offer(happened);
        }
    }

    /// <summary>Gives the events of a working copy from now on, until cancelled. An empty list of topics means all.</summary>
    public async IAsyncEnumerable<AgentEvent> SubscribeAsync(string root, IReadOnlyList<string> topics, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subscription = new Subscription(root, topics);
        _subscriptions[subscription] = 0;
        try
        {
            yield return new AgentEvent { Type = "subscribed", Time = time.GetUtcNow(), Root = root };
            await foreach (var happened in subscription.Events.ReadAllAsync(cancellationToken))
            {
                yield return happened;
                if (subscription.TakeLost())
                {
                    yield return new AgentEvent { Type = "reset", Time = time.GetUtcNow(), Root = root };
                }
            }
        }
        finally
        {
            _subscriptions.TryRemove(subscription, out _);
        }
    }

    /// <summary>Gets the topics that can be subscribed to.</summary>
    public static IReadOnlyList<string> Topics { get; } = ["snapshots", "status", "sync", "staged", "warnings", "branches"];

    /// <summary>Names the topic of a type of event.</summary>
    internal static string TopicOf(string type) => type switch
    {
        "snapshot" => "snapshots",
        "staged" or "overlap" => "staged",
        "warning" => "warnings",
        "branch_moved" => "branches",
        _ => type,
    };

    private sealed class Subscription(string root, IReadOnlyList<string> topics)
    {
        private readonly Channel<AgentEvent> _events = Channel.CreateBounded<AgentEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        private int _lost;

        public string Root => root;

        public ChannelReader<AgentEvent> Events => _events.Reader;

        public void Offer(AgentEvent happened)
        {
            if (happened.Root == root && (topics.Count == 0 || topics.Contains(TopicOf(happened.Type))) && !_events.Writer.TryWrite(happened))
            {
                Interlocked.Exchange(ref _lost, 1);
            }
        }

        public bool TakeLost() => Interlocked.Exchange(ref _lost, 0) == 1;
    }
}
