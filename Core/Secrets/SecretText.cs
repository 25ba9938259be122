using System.Buffers.Binary;
using System.Text;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.Secrets;

/// <summary>The characters of a file as the rules read them. Bytes stand for themselves, since every rule is about ASCII; UTF-16 is taken as such.</summary>
internal sealed class SecretText
{
    private readonly char[] _buffer;

    private SecretText(char[] buffer, int length, bool isBinary) => (_buffer, Length, IsBinary) = (buffer, length, isBinary);

    /// <summary>Gets how many characters there are.</summary>
    public int Length { get; }

    /// <summary>Gets whether this is no text, as git tells it.</summary>
    public bool IsBinary { get; }

    /// <summary>Gets the characters.</summary>
    public ReadOnlySpan<char> Characters => _buffer.AsSpan(0, Length);

    /// <summary>Takes bytes as characters, in a buffer at least as long.</summary>
    public static SecretText Decode(ReadOnlySpan<byte> content, char[] buffer)
    {
        var isLittle = content is [0xFF, 0xFE, ..];
        if (isLittle || content is [0xFE, 0xFF, ..])
        {
            var pairs = content[2..];
            for (var i = 0; i < pairs.Length / 2; i++)
            {
                buffer[i] = (char)(isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(pairs[(2 * i)..]) : BinaryPrimitives.ReadUInt16BigEndian(pairs[(2 * i)..]));
            }

            return new SecretText(buffer, pairs.Length / 2, isBinary: false);
        }

        return new SecretText(buffer, Encoding.Latin1.GetChars(content, buffer), BinaryDetection.IsBinary(content));
    }
}
