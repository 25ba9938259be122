using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Writes the end of a response: trailers, or headers alone where nothing has been sent yet.</summary>
internal static class ResponseEnd
{
    public static void Write(HttpResponse response, Status status, Metadata trailers)
    {
        // A value that HTTP cannot carry would break the connection for all calls on it.
        if (trailers.FirstOrDefault(entry => !IsSendable(entry)) is { } bad)
        {
            status = new Status(StatusCode.Internal, $"Error adding response trailer '{bad.Key}'.");
            trailers = Metadata.Empty;
        }

        Add(response, Names.Status, ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture));
        if (!string.IsNullOrEmpty(status.Detail))
        {
            Add(response, Names.Message, MessageText.Encode(status.Detail));
        }

        foreach (var entry in trailers)
        {
            Add(response, entry.Key, BinaryHeader.Format(entry));
        }
    }

    /// <summary>Tells whether a value is bytes or printable ASCII.</summary>
    public static bool IsSendable(Metadata.Entry entry) => entry.IsBinary || !entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static void Add(HttpResponse response, string name, string value)
    {
        if (response.HasStarted)
        {
            response.AppendTrailer(name, value);
        }
        else
        {
            response.Headers.Append(name, value);
        }
    }
}
