using System.Diagnostics;

namespace Orleans.Runtime;

/// <summary>The names by which traces of calls travel.</summary>
internal static class ActivityContextKeys
{
    public const string TraceParent = "traceparent";

    public const string TraceState = "tracestate";

    public static readonly ActivitySource Source = new("Microsoft.Orleans.Application", "1.0.0");
}

/// <summary>Begins a client span around each call that is made, and sends its context along.</summary>
internal sealed class ActivityOutgoingFilter : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        using var activity = ActivityContextKeys.Source.StartActivity(context.Request.GetActivityName(), ActivityKind.Client);
        if ((activity ?? Activity.Current) is { Id: { } id } current)
        {
            RequestContext.Set(ActivityContextKeys.TraceParent, id);
            if (current.TraceStateString is { } state)
            {
                RequestContext.Set(ActivityContextKeys.TraceState, state);
            }
        }

        try
        {
            await context.Invoke();
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }
}

/// <summary>Begins a server span around each call that arrives, under the span that sent it.</summary>
internal sealed class ActivityIncomingFilter : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        ActivityContext.TryParse(RequestContext.Get(ActivityContextKeys.TraceParent) as string, RequestContext.Get(ActivityContextKeys.TraceState) as string, out var parent);
        using var activity = ActivityContextKeys.Source.StartActivity(context.Request.GetActivityName(), ActivityKind.Server, parent);
        try
        {
            await context.Invoke();
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }
}
