using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Events;

namespace W0rktree.Grains.Tests.Events;

public class EventRingTests
{
    private static readonly AccountId Ann = new(1);
    private static readonly AccountId Bob = new(2);

    [Fact]
    public void Numbers_go_on_from_where_they_were_without_gaps()
    {
        var ring = Filled(start: 1_000, count: 3);

        Assert.Equal([1_001, 1_002, 1_003], ring.Read(1_000, Ann).Events.Select(e => e.Sequence));
        Assert.False(ring.Read(1_000, Ann).Gap);
    }

    [Fact]
    public void A_key_counts_once()
    {
        var ring = new EventRing();
        ring.Add(Event("k"));
        ring.Add(Event("k"));

        Assert.Equal(1, ring.Latest);
    }

    [Fact]
    public void A_reader_from_before_what_is_kept_is_told_of_a_gap()
    {
        var ring = Filled(start: 0, count: EventRing.Capacity + 10);

        Assert.True(ring.Read(0, Ann).Gap);
        Assert.True(ring.Read(9, Ann).Gap);
        Assert.False(ring.Read(10, Ann).Gap);
    }

    [Fact]
    public void A_reader_with_a_number_from_the_future_is_told_of_a_gap() => Assert.True(Filled(0, 3).Read(4, Ann).Gap);

    [Fact]
    public void A_reader_after_a_restart_is_told_of_a_gap_once()
    {
        var ring = new EventRing();
        ring.StartAfter(1_000);

        Assert.True(ring.Read(17, Ann).Gap);
        Assert.False(ring.Read(1_000, Ann).Gap);
    }

    [Fact]
    public void What_is_for_somebody_else_is_left_out_and_passed_over()
    {
        var ring = new EventRing();
        ring.Add(Event("1") with { Audience = [Bob] });
        ring.Add(Event("2"));
        ring.Add(Event("3") with { Audience = [Bob] });

        var page = ring.Read(0, Ann);

        Assert.Equal(["2"], page.Events.Select(e => e.Key));
        Assert.Equal(3, page.Through);
        Assert.Equal(["1", "2", "3"], ring.Read(0, Bob).Events.Select(e => e.Key));
    }

    [Fact]
    public void Pages_put_together_are_everything_in_order()
    {
        var ring = Filled(0, 500);
        var (read, after) = (new List<long>(), 0L);
        while (after < ring.Latest)
        {
            var page = ring.Read(after, Ann);
            Assert.True(page.Through > after);
            read.AddRange(page.Events.Select(e => e.Sequence));
            after = page.Through;
        }

        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), read);
    }

    private static EventRing Filled(long start, int count)
    {
        var ring = new EventRing();
        ring.StartAfter(start);
        for (var i = 0; i < count; i++)
        {
            ring.Add(Event($"{i}"));
        }

        return ring;
    }

    private static TreeEvent Event(string key) => new() { Key = key, Kind = EventKind.BranchMoved, At = DateTimeOffset.UnixEpoch };
}
