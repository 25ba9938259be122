using System.Buffers;
using System.Text;

namespace Grpc.Wire;

/// <summary>The percent-encoding of grpc-message: UTF-8 bytes outside 0x20 to 0x7E, and the percent sign itself, as %XX.</summary>
internal static class MessageText
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(code => (char)code).Where(c => c != '%')]);

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                encoded.Append((char)octet);
            }
            else
            {
                encoded.Append('%').Append(Convert.ToHexString([octet]));
            }
        }

        return encoded.ToString();
    }

    /// <summary>Decodes; what is not a valid escape stays as it is, for a peer's mistake must not hide its message.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var source = Encoding.UTF8.GetBytes(text);
        var target = new List<byte>(source.Length);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '%' && i + 2 < source.Length && char.IsAsciiHexDigit((char)source[i + 1]) && char.IsAsciiHexDigit((char)source[i + 2]))
            {
                target.Add((byte)((HexValue(source[i + 1]) << 4) | HexValue(source[i + 2])));
                i += 2;
            }
            else
            {
                target.Add(source[i]);
            }
        }

        return Encoding.UTF8.GetString([.. target]);
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
