using System.Text;
using System.Text.Unicode;

namespace W0rktree.Core.Paths;

/// <summary>Renders bytes of names for people, so that no name can forge a terminal's or a log's lines.</summary>
public static class PathText
{
    /// <summary>Decodes UTF-8; control characters, invalid bytes and backslashes before <c>x</c> become <c>\xNN</c>.</summary>
    public static string Display(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes) && bytes.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0 && bytes.IndexOfAny((byte)0x7F, (byte)'\\') < 0)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var used);
            if (status == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune) && rune.Value != '\\')
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var b in bytes[..used])
                {
                    text.Append($"\\x{b:x2}");
                }
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }

    /// <summary>Reverses <see cref="Display"/>: plain text as UTF-8, <c>\xNN</c> as that byte.</summary>
    public static byte[] Undisplay(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        using var bytes = new MemoryStream(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 <= text.Length - 1 && text[i + 1] == 'x'
                && byte.TryParse(text.AsSpan(i + 2, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var b))
            {
                bytes.WriteByte(b);
                i += 3;
            }
            else
            {
                var next = i + (i + 1 < text.Length && char.IsSurrogatePair(text, i) ? 2 : 1);
                bytes.Write(Encoding.UTF8.GetBytes(text[i..next]));
                i = next - 1;
            }
        }

        return bytes.ToArray();
    }
}
