using System.Text;

namespace Tomlyn.Reading;

/// <summary>Decodes documents, which are UTF-8 and nothing else.</summary>
internal static class Utf8
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="DecoderFallbackException">A byte is no UTF-8.</exception>
    public static string Decode(Stream stream)
    {
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return Strict.GetString(content.GetBuffer().AsSpan(0, (int)content.Length));
    }
}
