using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace W0rktree.Core.TextDiff;

/// <summary>
/// Writes the content of binary files into a patch as <c>git diff --binary</c> does, so that <c>git apply</c> can make the new file of the old one
/// and back: both contents whole, deflated, in base 85.
/// </summary>
internal static class BinaryPatch
{
    private const int LineBytes = 52;
    private static readonly byte[] s_deflatedNothing = [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1];

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

    /// <summary>Gives git's id of a content, which <c>git apply</c> asks for before it trusts a binary patch.</summary>
    public static string GitId(ReadOnlySpan<byte> content)
    {
#pragma warning disable CA5350 // SHA-1 is what git names contents by; nothing is trusted because of it.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes both contents.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new)
    {
        PatchHeaderWriter.Line(output, "GIT binary patch");
        WriteLiteral(output, @new);
        WriteLiteral(output, old);
    }

    private static void WriteLiteral(IBufferWriter<byte> output, ReadOnlySpan<byte> content)
    {
        PatchHeaderWriter.Line(output, string.Create(CultureInfo.InvariantCulture, $"literal {content.Length}"));
        using var deflated = new MemoryStream();
        if (content.IsEmpty)
        {
            // The library writes nothing at all for nothing, which is no stream.
            deflated.Write(s_deflatedNothing);
        }

        using (var deflate = new ZLibStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content);
        }

        var left = deflated.ToArray().AsSpan();
        while (!left.IsEmpty)
        {
            var line = left[..Math.Min(LineBytes, left.Length)];
            var text = new StringBuilder().Append((char)(line.Length <= 26 ? 'A' + line.Length - 1 : 'a' + line.Length - 27));
            for (var at = 0; at < line.Length; at += 4)
            {
                AppendFive(text, line[at..Math.Min(at + 4, line.Length)]);
            }

            PatchHeaderWriter.Line(output, text.ToString());
            left = left[line.Length..];
        }

        PatchHeaderWriter.Line(output, "");
    }

    /// <summary>Writes up to four bytes, filled up with zeros, as a number of five digits.</summary>
    private static void AppendFive(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        uint number = 0;
        for (var i = 0; i < 4; i++)
        {
            number = (number << 8) | (i < bytes.Length ? bytes[i] : 0u);
        }

        Span<char> digits = stackalloc char[5];
        for (var i = 4; i >= 0; i--)
        {
            digits[i] = Digits[(int)(number % 85)];
            number /= 85;
        }

        text.Append(digits);
    }
}
