using System.Globalization;

namespace W0rktree.TestKit;

/// <summary>
/// The seed of tests with made input. The same in every run, so that whoever changed nothing sees nothing fail; WT_TEST_SEED gives
/// another one, and <c>WT_TEST_SEED=new</c> a new one each time, to look further.
/// </summary>
public static class Seed
{
    private const int Usual = 20_261_201;

    /// <summary>The seed of this run.</summary>
    public static int OfThisRun { get; } = Environment.GetEnvironmentVariable("WT_TEST_SEED") switch
    {
        null or "" => Usual,
        "new" => Environment.TickCount,
        { } chosen => int.Parse(chosen, CultureInfo.InvariantCulture),
    };
}
