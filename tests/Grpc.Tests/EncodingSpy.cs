namespace W0rktree.RpcTests;

/// <summary>Sees the grpc-encoding of responses, which the client keeps from its callers.</summary>
internal sealed class EncodingSpy() : DelegatingHandler(new SocketsHttpHandler())
{
    public string? ResponseEncoding { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        ResponseEncoding = response.Headers.GetValues("grpc-encoding").Single();
        return response;
    }
}
