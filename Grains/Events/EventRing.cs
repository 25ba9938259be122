using W0rktree.Grains.Abstractions.Events;

namespace W0rktree.Grains.Events;

/// <summary>Keeps the newest events of a tree. Pure but for its own memory.</summary>
internal sealed class EventRing
{
    /// <summary>The most events: some minutes of a busy team, so that a receiver that reconnects rarely starts anew.</summary>
    public const int Capacity = 1_024;

    // An event with fifty overlapping paths of ordinary length is about 5 KiB, so a page stays below a message's 256 KiB.
    private const int PageSize = 32;

    private readonly Queue<TreeEvent> _events = new();
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>Gets the newest number.</summary>
    public long Latest { get; private set; }

    /// <summary>Continues the numbers.</summary>
    public void StartAfter(long number) => Latest = number;

    /// <summary>Adds an event under the next number, unless its key is there already.</summary>
    public void Add(TreeEvent added)
    {
        if (!_keys.Add(added.Key))
        {
            return;
        }

        _events.Enqueue(added with { Sequence = ++Latest });
        if (_events.Count > Capacity)
        {
            _ = _keys.Remove(_events.Dequeue().Key);
        }
    }

    /// <summary>Reads what a reader may see after a number.</summary>
    public EventPage Read(long after, AccountId reader)
    {
        var oldest = _events.TryPeek(out var first) ? first.Sequence : Latest + 1;
        var gap = after > Latest || after < oldest - 1;
        var from = gap ? oldest - 1 : after;
        var page = _events.Where(e => e.Sequence > from).Take(PageSize).ToArray();
        return new EventPage
        {
            Events = [.. page.Where(e => e.Audience.IsEmpty || e.Audience.Contains(reader))],
            Through = page is [.., var last] ? last.Sequence : Latest,
            Latest = Latest,
            Gap = gap,
        };
    }
}
