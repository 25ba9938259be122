using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server;

/// <content>The deadline.</content>
internal sealed partial class ServerCall
{
    // A timer takes at most this long (about 49 days). No call lasts longer: a deadline beyond is no deadline.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private CancellationTokenSource? _stopped;
    private Timer? _timer;
    private Task _passing = Task.CompletedTask;
    private DateTime _deadlineUtc = DateTime.MaxValue;
    private CancellationToken _stopping;

    private void StartDeadline()
    {
        var header = HttpContext.Request.Headers[Names.Timeout].ToString();
        if (header.Length == 0 || !TimeoutCodec.TryParse(header, out var timeout) || timeout > LongestTimeout)
        {
            return;
        }

        _deadlineUtc = DateTime.UtcNow + timeout;
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(HttpContext.RequestAborted);
        _stopping = _stopped.Token;

        // A millisecond late rather than early, for the client's own timer is to be first.
        _timer = new Timer(static call => ((ServerCall)call!).PassDeadline(), this, timeout + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void PassDeadline() => _passing = PassDeadlineAsync();

    /// <summary>Answers DEADLINE_EXCEEDED at once, then tells the handler to stop.</summary>
    private async Task PassDeadlineAsync()
    {
        if (!TryEnd())
        {
            return;
        }

        try
        {
            if (await _output.WaitAsync(TimeSpan.Zero))
            {
                try
                {
                    ResponseEnd.Write(HttpContext.Response, new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"), ResponseTrailers);
                    await HttpContext.Response.CompleteAsync();
                }
                finally
                {
                    _output.Release();
                }
            }
            else
            {
                // A write waits for the client to read: trailers would queue behind it.
                HttpContext.Features.Get<IHttpResetFeature>()?.Reset(Cancel);
            }
        }
        finally
        {
            await _stopped!.CancelAsync();
        }
    }

    /// <summary>Waits for a deadline that is being answered just now, for it uses the response.</summary>
    private async ValueTask StopDeadlineAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
            await _passing;
        }

        _stopped?.Dispose();
    }
}
