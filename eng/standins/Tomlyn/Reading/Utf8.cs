using System.Text;
using Tomlyn.Text;

namespace Tomlyn.Reading;

/// <summary>Decodes documents, which are UTF-8 and nothing else.</summary>
internal static class Utf8
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="TomlException">A byte is no UTF-8; the exception has its place.</exception>
    public static string Decode(Stream stream, string? sourceName)
    {
        using var content = new MemoryStream();
        stream.CopyTo(content);
        var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            var before = Encoding.UTF8.GetString(bytes[..Math.Clamp(e.Index, 0, bytes.Length)]);
            throw new TomlException(new Scanner(before, sourceName).Span(before.Length, before.Length + 1), "This byte is not UTF-8.", e);
        }
    }
}
