using System.Diagnostics;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>Asks again and again until the answer fits. Each question is a process, so asking takes its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(45);

    public static async Task<T> FitsAsync<T>(Func<Task<T>> ask, Func<T, bool> fits, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (fits(answer))
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(started) > Longest)
            {
                throw new Xunit.Sdk.XunitException($"It never came to this: {what}. The last answer: {answer}");
            }
        }
    }
}
