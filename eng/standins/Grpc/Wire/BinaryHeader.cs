using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The values of metadata on the wire: text as it is, bytes as base64 (written without padding, read with or without).</summary>
internal static class BinaryHeader
{
    public static string Format(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.BytesSpan).TrimEnd('=') : entry.Value;

    public static byte[] Parse(string value)
    {
        var unpadded = value.AsSpan().Trim().TrimEnd('=');
        return Convert.FromBase64String(string.Concat(unpadded, (unpadded.Length % 4) switch
        {
            2 => "==",
            3 => "=",
            _ => "",
        }));
    }

    /// <summary>Adds a header to metadata unless it belongs to the protocol; several binary values may share one line.</summary>
    public static void AddTo(Metadata metadata, string name, string value)
    {
        // HTTP allows names that metadata does not.
        if (Names.IsProtocol(name) || !Metadata.Entry.IsKey(name))
        {
            return;
        }

        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(name, value);
            return;
        }

        foreach (var part in value.Split(','))
        {
            try
            {
                metadata.Add(name, Parse(part));
            }
            catch (FormatException e)
            {
                throw WireFaults.Internal($"The value of '{name}' is not base64.", e);
            }
        }
    }
}
