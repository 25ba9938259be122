using System.Net;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <content>What handlers see.</content>
internal sealed partial class ServerCall
{
    private Metadata? _requestHeaders;

    protected override string MethodCore => _method.FullName;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore => field ??= FormatPeer(HttpContext.Connection);

    protected override DateTime DeadlineCore => _deadlineUtc;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadHeaders(HttpContext.Request.Headers);

    protected override CancellationToken CancellationTokenCore => _stopping;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => field ??= PeerCertificate.Describe(HttpContext.Connection.ClientCertificate);

    protected override IDictionary<object, object> UserStateCore => HttpContext.Items!;

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        await _output.WaitAsync();
        try
        {
            var response = HttpContext.Response;
            if (response.HasStarted || HasEnded)
            {
                throw new InvalidOperationException("Response headers can only be sent once per call.");
            }

            foreach (var entry in responseHeaders)
            {
                if (entry.Key == Names.CompressionRequest)
                {
                    CompressWith(entry.Value);
                    continue;
                }

                if (!ResponseEnd.IsSendable(entry))
                {
                    throw new InvalidOperationException($"Error adding response header '{entry.Key}'.");
                }

                response.Headers.Append(entry.Key, BinaryHeader.Format(entry));
            }

            await response.BodyWriter.FlushAsync();
        }
        finally
        {
            _output.Release();
        }
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotImplementedException("Propagation tokens do not exist over ASP.NET Core; pass on Deadline and CancellationToken instead.");

    private static Metadata ReadHeaders(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                BinaryHeader.AddTo(metadata, name, value ?? "");
            }
        }

        return metadata;
    }

    private static string FormatPeer(ConnectionInfo connection) => connection.RemoteIpAddress switch
    {
        null => "unknown",
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } six => $"ipv6:[{six}]:{connection.RemotePort}",
        var four => $"ipv4:{(four.IsIPv4MappedToIPv6 ? four.MapToIPv4() : four)}:{connection.RemotePort}",
    };
}
