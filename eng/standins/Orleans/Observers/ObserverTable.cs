using System.Collections.Concurrent;
using Orleans.CodeGeneration;

namespace Orleans.Runtime;

/// <summary>The local objects of one client that grains may call. Held weakly: an object that nobody else holds ends.</summary>
internal sealed class ObserverTable(ClientRuntime client)
{
    private readonly ConcurrentDictionary<GrainId, Entry> _entries = new();
    private int _count;

    /// <summary>The client that an observer's id belongs to.</summary>
    public static GrainId ClientOf(GrainId observerId)
    {
        var key = observerId.Key.ToString();
        var plus = key.IndexOf('+');
        return plus < 0 ? observerId : GrainId.Create(observerId.Type, key[..plus]);
    }

    public GrainReference Add(Type interfaceType, object target)
    {
        var id = GrainId.Create(client.Id.Type, $"{client.Id.Key}+{Interlocked.Increment(ref _count):x8}");
        _entries[id] = new Entry(new WeakReference<object>(target), new WorkQueue(client.Cluster.Executor, null, id.ToString()));
        return client.References.Create(interfaceType, id);
    }

    public void Remove(GrainId id) => _entries.TryRemove(id, out _);

    public void Clear() => _entries.Clear();

    public void Receive(GrainCall call)
    {
        if (!_entries.TryGetValue(call.TargetId, out var entry))
        {
            call.Reject(new ClientNotAvailableException(call.TargetId));
            return;
        }

        if (!entry.Target.TryGetTarget(out _))
        {
            _entries.TryRemove(call.TargetId, out _);
            call.Reject(new ClientNotAvailableException(call.TargetId));
            return;
        }

        if ((call.Options & InvokeMethodOptions.AlwaysInterleave) != 0)
        {
            entry.Queue.Run(static s => _ = ((Work)s!).RunAsync(), new Work(entry, call));
            return;
        }

        entry.Enqueue(call);
    }

    private sealed record Work(Entry Entry, GrainCall Call)
    {
        public Task RunAsync() => Entry.RunAsync(Call);
    }

    /// <summary>One object and the calls that wait for it: it handles one at a time, in the order of arrival.</summary>
    private sealed class Entry(WeakReference<object> target, WorkQueue queue)
    {
        private readonly Lock _gate = new();
        private readonly Queue<GrainCall> _waiting = new();
        private bool _isPumping;

        public WeakReference<object> Target { get; } = target;

        public WorkQueue Queue { get; } = queue;

        public void Enqueue(GrainCall call)
        {
            lock (_gate)
            {
                _waiting.Enqueue(call);
                if (_isPumping)
                {
                    return;
                }

                _isPumping = true;
            }

            Queue.Run(static s => _ = ((Entry)s!).PumpAsync(), this);
        }

        public async Task RunAsync(GrainCall call)
        {
            RequestContext.Current = call.Context;
            object? result = null;
            Exception? failure = null;
            try
            {
                if (!Target.TryGetTarget(out var target))
                {
                    throw new ClientNotAvailableException(call.TargetId);
                }

                result = call.Method.CopyResult(await call.InvokeOnAsync(target));
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            call.Respond(call.Client.Cluster.Executor, result, failure);
        }

        private async Task PumpAsync()
        {
            while (true)
            {
                GrainCall? next;
                lock (_gate)
                {
                    if (!_waiting.TryDequeue(out next))
                    {
                        _isPumping = false;
                        return;
                    }
                }

                await RunAsync(next);
            }
        }
    }
}
