using W0rktree.Grains.Access;
using W0rktree.Grains.Accounts;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Tests.State;

public class ExposedStatesTests
{
    private readonly ExposedStates _exposed = new(new RevocationOptions { SingleSilo = true });
    private readonly (object First, object Second) _activations = (new(), new());

    [Fact]
    public void What_is_shown_is_found_until_its_activation_takes_it_back()
    {
        _exposed.Show(_activations.First, "a", "1", "one");
        Assert.Equal("one", Find("a"));
        Assert.Null(Find("b"));

        _exposed.Show(_activations.First, "a", "2", "two");
        Assert.Equal("two", Find("a"));

        _exposed.Hide<string>(_activations.First, "a");
        Assert.Null(Find("a"));
    }

    [Fact]
    public void States_of_two_kinds_under_one_key_are_two()
    {
        _exposed.Show(_activations.First, "a", "1", "one");

        Assert.False(_exposed.TryFind<object>("a", out _));
    }

    [Fact]
    public void Of_two_activations_the_one_that_wrote_last_is_believed_and_the_other_takes_nothing_back()
    {
        _exposed.Show(_activations.First, "a", "2", "later");
        _exposed.Show(_activations.Second, "a", "1", "earlier");
        _exposed.Hide<string>(_activations.Second, "a");

        Assert.Equal("later", Find("a"));
    }

    [Fact]
    public void An_activation_that_read_what_the_one_before_left_takes_its_place()
    {
        _exposed.Show(_activations.First, "a", null, "never stored");
        _exposed.Show(_activations.Second, "a", null, "never stored either");
        _exposed.Hide<string>(_activations.First, "a");

        Assert.Equal("never stored either", Find("a"));
    }

    [Fact]
    public void Versions_that_cannot_be_compared_are_not_shown()
    {
        _exposed.Show(_activations.First, "a", "W/\"xyz\"", "one");

        Assert.Null(Find("a"));
    }

    [Fact]
    public void Among_several_silos_nothing_is_shown()
    {
        var several = new ExposedStates(new RevocationOptions { SingleSilo = false });
        several.Show(_activations.First, "a", "1", "one");

        Assert.False(several.TryFind<string>("a", out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_worked_out_of_some_versions_holds_until_one_of_them_is_replaced_or_taken_back(bool replaced)
    {
        _exposed.Show(_activations.First, "a", "1", "one");
        _exposed.Show(_activations.Second, "b", "7", "seven");
        var trail = new FactTrail();
        foreach (var place in new[] { _exposed.Find<string>("a")!, _exposed.Find<string>("b")! })
        {
            trail.Saw(place, place.Current!);
        }

        Assert.True(trail.Holds);
        if (replaced)
        {
            _exposed.Show(_activations.Second, "b", "8", "seven");
        }
        else
        {
            _exposed.Hide<string>(_activations.Second, "b");
            _exposed.Show(_activations.Second, "b", "7", "seven");
        }

        Assert.False(trail.Holds);
    }

    [Fact]
    public void What_somebody_had_to_be_asked_for_never_holds()
    {
        var trail = new FactTrail();
        trail.Asked();

        Assert.False(trail.Holds);
    }

    private string? Find(string grain) => _exposed.TryFind<string>(grain, out var state) ? state : null;
}
