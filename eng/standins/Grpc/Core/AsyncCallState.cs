namespace Grpc.Core;

/// <summary>The parts that all four call objects share.</summary>
internal sealed class AsyncCallState(Func<Task<Metadata>> headers, Func<Status> status, Func<Metadata> trailers, Action dispose)
{
    public Task<Metadata> ResponseHeadersAsync => headers();

    public Status GetStatus() => status();

    public Metadata GetTrailers() => trailers();

    public void Dispose() => dispose();

    public static AsyncCallState Over(
        Func<object, Task<Metadata>> headers, Func<object, Status> status, Func<object, Metadata> trailers, Action<object> dispose, object state) =>
        new(() => headers(state), () => status(state), () => trailers(state), () => dispose(state));
}
