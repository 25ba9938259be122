using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Builds the HTTP request of a call.</summary>
internal static class RequestHeaders
{
    private const string UserAgent = "grpc-dotnet-standin/1.0";

    private static readonly MediaTypeHeaderValue ContentType = new(Names.ContentType);

    public static HttpRequestMessage Create(GrpcChannel channel, IMethod method, CallOptions options, HttpContent content)
    {
        content.Headers.ContentType = ContentType;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(channel.Address, method.FullName))
        {
            Version = channel.HttpVersion,
            VersionPolicy = channel.HttpVersionPolicy,
            Content = content,
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation(Names.AcceptEncoding, channel.Compression.AcceptEncoding);
        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            headers.TryAddWithoutValidation(Names.Timeout, TimeoutCodec.Format(deadline - DateTime.UtcNow));
        }

        foreach (var entry in options.Headers ?? Metadata.Empty)
        {
            if (entry.Key == Names.Timeout)
            {
                // The deadline alone says it.
                continue;
            }

            if (entry.Key == Names.CompressionRequest)
            {
                headers.TryAddWithoutValidation(Names.Encoding, entry.Value);
            }
            else
            {
                Add(headers, entry);
            }
        }

        if (!headers.NonValidated.Contains("User-Agent"))
        {
            headers.TryAddWithoutValidation("User-Agent", UserAgent);
        }

        return request;
    }

    /// <summary>Returns the credentials that a call must carry; throws where that would send them over a connection without TLS.</summary>
    public static IReadOnlyList<AsyncAuthInterceptor> Credentials(GrpcChannel channel, CallOptions options)
    {
        IReadOnlyList<AsyncAuthInterceptor> all =
            [.. channel.CallCredentials?.Interceptors ?? [], .. options.Credentials?.Interceptors ?? []];
        return all.Count == 0 || channel.MaySendCallCredentials
            ? all
            : throw new InvalidOperationException($"Call credentials are not sent to '{channel.Address}': the channel does not use TLS.");
    }

    public static async Task AddCredentialsAsync(
        HttpRequestMessage request, IReadOnlyList<AsyncAuthInterceptor> credentials, Uri address, IMethod method, CancellationToken cancellationToken)
    {
        foreach (var interceptor in credentials)
        {
            var metadata = new Metadata();
            var service = new Uri(address, method.ServiceName).AbsoluteUri;
            await interceptor(new AuthInterceptorContext(service, method.Name, cancellationToken), metadata).ConfigureAwait(false);
            foreach (var entry in metadata)
            {
                Add(request.Headers, entry);
            }
        }
    }

    private static void Add(HttpRequestHeaders headers, Metadata.Entry entry)
    {
        if (!headers.TryAddWithoutValidation(entry.Key, BinaryHeader.Format(entry)))
        {
            throw new ArgumentException($"The metadata entry '{entry.Key}' cannot be sent as a header.");
        }
    }
}
