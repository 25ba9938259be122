using System.Text;

namespace W0rktree.Libraries.Tests.Zstd;

/// <summary>Input that compresses as source text does, the same on every run.</summary>
internal static class Text
{
    private static readonly string[] Words =
        ["return", "public", "value", "length", "if", "snapshot", "tree", "=>", "{", "}", "();", "null", "branch", "offset", "var"];

    public static byte[] Lines(int count, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var line = 0; line < count; line++)
        {
            text.Append(' ', 4 * random.Next(4));
            for (var word = random.Next(2, 9); word > 0; word--)
            {
                text.Append(Words[random.Next(Words.Length)]).Append(' ');
            }

            text.Append(random.Next(100_000)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
