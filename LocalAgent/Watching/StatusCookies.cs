using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Watching;

/// <summary>
/// Waits until the pipeline has seen everything that was written before now: a file made now comes through the watcher
/// behind all of it, because the kernel keeps the order of one queue.
/// </summary>
public sealed class StatusCookies(ICookieFolder folder, TimeProvider time)
{
    private const string Prefix = "cookie-";

    private readonly ConcurrentDictionary<long, TaskCompletionSource<bool>> _waiting = new();
    private long _last;

    /// <summary>Reads the number out of a cookie's name; null for other files.</summary>
    public static long? TryParseName(ReadOnlySpan<byte> name) =>
        name.StartsWith("cookie-"u8) && Utf8Parser.TryParse(name[Prefix.Length..], out long number, out var used) && used == name.Length - Prefix.Length
            ? number
            : null;

    /// <summary>Sends a cookie through the pipeline. Gives false where it did not arrive in time: then only a scan is sure.</summary>
    public async Task<bool> PassAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _last);
        var seen = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = seen;
        var name = Encoding.ASCII.GetBytes($"{Prefix}{number}");
        try
        {
            if (!folder.TryCreate(name))
            {
                return false;
            }

            await using var timer = time.CreateTimer(_ => seen.TrySetResult(false), null, limit, Timeout.InfiniteTimeSpan);
            await using var registration = cancellationToken.UnsafeRegister((_, token) => seen.TrySetCanceled(token), null);
            return await seen.Task;
        }
        finally
        {
            _waiting.TryRemove(number, out _);
            folder.Remove(name);
        }
    }

    /// <summary>Gets the number of the newest cookie.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>Takes a number that was <see cref="Last"/> before a scan began: the scan saw whatever lay in front of these cookies.</summary>
    public void Overtaken(long last)
    {
        foreach (var (number, seen) in _waiting)
        {
            if (number <= last)
            {
                seen.TrySetResult(true);
            }
        }
    }

    /// <summary>Takes a cookie at the end of the pipeline.</summary>
    public void Arrived(long number)
    {
        if (_waiting.TryGetValue(number, out var seen))
        {
            seen.TrySetResult(true);
        }
    }
}
