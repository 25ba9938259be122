using W0rktree.Grains.Access.Policies;

namespace W0rktree.Grains.Tests.Access.Policies;

public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("1", "2", -1)]
    [InlineData("10", "9", 1)]
    [InlineData("007", "7", 0)]
    [InlineData("1.50", "1.5", 0)]
    [InlineData("-0", "0", 0)]
    [InlineData("-0.00", "0", 0)]
    [InlineData("-2", "-10", 1)]
    [InlineData("-1", "1", -1)]
    [InlineData("1.05", "1.5", -1)]
    [InlineData("99999999999999999999999999999999999999.1", "99999999999999999999999999999999999999.2", -1)]
    public void Numbers_of_any_length_compare_as_written(string left, string right, int order)
    {
        Assert.Equal(order, DecimalText.Compare(left, right));
        Assert.Equal(-order, DecimalText.Compare(right, left));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData(" 1")]
    [InlineData("1\n")]
    [InlineData("١")]
    public void What_is_no_number_compares_with_nothing(string text)
    {
        Assert.Null(DecimalText.Compare(text, "1"));
        Assert.Null(DecimalText.Compare("1", text));
    }
}
