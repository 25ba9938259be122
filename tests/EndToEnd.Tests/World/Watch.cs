using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>An event of <c>wt staged watch --json</c> and when its line came.</summary>
internal sealed record Seen(JsonElement Body, DateTimeOffset At)
{
    public string Type => Body.GetProperty("type").GetString()!;

    public bool IsStagedBy(string account) => Type == "staged" && Body.GetProperty("staged").GetProperty("account").GetString() == account;

    public bool IsOverlapOn(string path, string account) =>
        Type == "overlap" && Body.GetProperty("overlaps").EnumerateArray().Any(o => o.GetProperty("path").GetString() == path && o.GetProperty("account").GetString() == account);
}

/// <summary>A running <c>wt staged watch --json</c>.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(45);
    private readonly Process _process;
    private readonly Channel<Seen> _seen = Channel.CreateUnbounded<Seen>();
    private readonly List<string> _passed = [];

    private Watch(Process process) => _process = process;

    public static Watch Start(ProcessStartInfo start)
    {
        var watch = new Watch(Process.Start(start)!);
        watch._process.StandardInput.Close();
        _ = watch.ReadAsync();
        return watch;
    }

    /// <summary>Waits until the agent follows, so that nothing from now on is missed.</summary>
    public Task<Seen> SubscribedAsync() => NextAsync(seen => seen.Type == "subscribed", "subscribed");

    /// <summary>Waits for the next event that fits; the ones before it are passed over.</summary>
    public async Task<Seen> NextAsync(Func<Seen, bool> fits, string what)
    {
        using var limit = new CancellationTokenSource(Longest);
        try
        {
            while (true)
            {
                var seen = await _seen.Reader.ReadAsync(limit.Token);
                if (fits(seen))
                {
                    return seen;
                }

                _passed.Add(seen.Body.GetRawText());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new Xunit.Sdk.XunitException($"No event came that says: {what}. What came:\n{string.Join('\n', _passed)}\n{(_process.HasExited ? await _process.StandardError.ReadToEndAsync() : "")}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var at = TimeProvider.System.GetUtcNow();
            using var json = JsonDocument.Parse(line);
            _seen.Writer.TryWrite(new Seen(json.RootElement.Clone(), at));
        }

        _seen.Writer.Complete();
    }
}
