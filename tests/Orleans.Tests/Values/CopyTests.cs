using Orleans.Concurrency;
using Orleans.Serialization;

namespace W0rktree.Orleans.Tests.Values;

public sealed class CopyTests(TestCluster cluster) : IClassFixture<TestCluster>
{
    private IEchoGrain NewGrain() => cluster.Client.GetGrain<IEchoGrain>(TestCluster.NewKey());

    [Fact]
    public async Task An_argument_that_the_caller_changes_later_does_not_change_in_the_grain()
    {
        var grain = NewGrain();
        var node = new Node { Name = "before", Children = [new Node { Name = "child" }] };

        await grain.KeepAsync(node);
        node.Name = "after";
        node.Children.Clear();

        var kept = await grain.ReturnKeptAsync();
        Assert.Equal("before", kept.Name);
        Assert.Equal("child", Assert.Single(kept.Children).Name);
    }

    [Fact]
    public async Task A_result_that_the_caller_changes_does_not_change_in_the_grain()
    {
        var grain = NewGrain();
        var returned = await grain.KeepAsync(new Node { Name = "mine" });
        returned.Name = "yours";

        Assert.Equal("mine", (await grain.ReturnKeptAsync()).Name);
    }

    [Fact]
    public async Task Cycles_and_shared_objects_keep_their_shape()
    {
        var parent = new Node { Name = "parent" };
        parent.Children.Add(new Node { Name = "child", Parent = parent });

        var copy = await NewGrain().KeepAsync(parent);

        Assert.NotSame(parent, copy);
        Assert.Same(copy, copy.Children[0].Parent);
    }

    [Fact]
    public async Task Members_without_an_id_do_not_travel()
    {
        var copy = await NewGrain().KeepAsync(new Node { NotSent = "set by the caller" });

        Assert.Equal("as constructed", copy.NotSent);
    }

    [Fact]
    public async Task A_case_of_a_hierarchy_arrives_as_itself()
    {
        var grain = NewGrain();

        Assert.Equal(new Circle { Label = "c", Radius = 2 }, await grain.EchoShapeAsync(new Circle { Label = "c", Radius = 2 }));
        var box = Assert.IsType<Box>(await grain.EchoShapeAsync(new Box { Label = "b", Sides = [1, 2] }));
        Assert.Equal("b", box.Label);
        Assert.Equal([1, 2], box.Sides);
    }

    [Fact]
    public async Task Collections_nullables_enums_and_tuples_arrive_whole()
    {
        var bag = new Bag
        {
            Map = new() { ["a"] = [1, 2], ["b"] = [] },
            Set = ["x", "y"],
            Array = [new Circle { Label = "c", Radius = 1 }],
            Frozen = System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add("k", 5),
            Maybe = 3,
            Day = DayOfWeek.Friday,
            Pair = (7, "seven"),
            Bytes = [1, 2, 3],
            At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
        };

        var copy = await NewGrain().EchoBagAsync(bag);

        Assert.Equal(bag.Map, copy.Map);
        Assert.NotSame(bag.Map["a"], copy.Map["a"]);
        Assert.Equal(bag.Set, copy.Set);
        Assert.Equal(bag.Array.AsEnumerable(), copy.Array);
        Assert.Equal(bag.Frozen.AsEnumerable(), copy.Frozen);
        Assert.Equal(3, copy.Maybe);
        Assert.Equal(DayOfWeek.Friday, copy.Day);
        Assert.Equal((7, "seven"), copy.Pair);
        Assert.Equal(bag.Bytes, copy.Bytes);
        Assert.Equal(bag.At, copy.At);
        Assert.Equal(bag.At.Offset, copy.At.Offset);
    }

    [Fact]
    public async Task A_type_without_a_serializer_is_refused()
    {
        await Assert.ThrowsAsync<CodecNotFoundException>(() => NewGrain().EchoObjectAsync(new Untaught { Value = 1 }));
    }

    [Fact]
    public async Task Plain_values_travel_as_objects()
    {
        var grain = NewGrain();

        Assert.Equal(5, await grain.EchoObjectAsync(5));
        Assert.Equal("text", await grain.EchoObjectAsync("text"));
        Assert.Null(await grain.EchoObjectAsync(null));
        Assert.Equal(Guid.Empty, await grain.EchoObjectAsync(Guid.Empty));
        Assert.Equal(new Point { X = 4 }, await grain.EchoPointAsync(new Point { X = 4 }));
    }

    [Fact]
    public async Task Generic_methods_take_any_type()
    {
        var grain = NewGrain();

        Assert.Equal("text", await grain.EchoGenericAsync("text"));
        Assert.Equal([1, 2], await grain.EchoGenericAsync(new List<int> { 1, 2 }));
    }

    [Fact]
    public async Task Immutable_wrappers_carry_their_value()
    {
        var result = await NewGrain().EchoImmutableAsync(new byte[] { 1, 2 }.AsImmutable());

        Assert.Equal([1, 2], result.Value);
    }

    [Fact]
    public async Task Value_tasks_return_values_and_nothing()
    {
        var grain = NewGrain();

        Assert.Equal(6, await grain.SumAsync([1, 2, 3]));
        await grain.DoNothingAsync();
    }

    [Fact]
    public async Task References_travel_and_are_equal_to_others_of_the_same_grain()
    {
        var grain = NewGrain();
        var other = NewGrain();

        Assert.Equal(other.GetPrimaryKeyString(), await grain.NameOfAsync(other));
        var self = await grain.GetSelfAsync();
        Assert.Equal(grain, self);
        Assert.Equal(grain.GetHashCode(), self.GetHashCode());
        Assert.NotEqual(grain, other);
    }

    [Fact]
    public async Task A_sequence_is_pulled_across_a_call()
    {
        var numbers = new List<int>();
        await foreach (var number in NewGrain().CountAsync(1_000, CancellationToken.None))
        {
            numbers.Add(number);
        }

        Assert.Equal(Enumerable.Range(1, 1_000), numbers);
    }
}
