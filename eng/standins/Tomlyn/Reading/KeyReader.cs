namespace Tomlyn.Reading;

/// <summary>One part of a dotted key, with the characters it was written with.</summary>
internal readonly record struct KeyPart(string Name, int Start, int End);

/// <summary>Reads keys: parts, bare or quoted, joined by dots.</summary>
internal static class KeyReader
{
    public static List<KeyPart> Read(Scanner scanner)
    {
        var parts = new List<KeyPart>(capacity: 2);
        while (true)
        {
            scanner.SkipBlanks();
            parts.Add(ReadPart(scanner));
            scanner.SkipBlanks();
            if (!scanner.TryTake('.'))
            {
                return parts;
            }
        }
    }

    private static KeyPart ReadPart(Scanner scanner)
    {
        var start = scanner.Offset;
        if (scanner.Current is '"' or '\'')
        {
            var quote = scanner.Current;
            if (scanner.Peek(1) == quote && scanner.Peek(2) == quote)
            {
                throw scanner.Fail(start, "a key cannot be a string of several lines", start + 3);
            }

            var name = StringReader.Read(scanner, out _);
            return new KeyPart(name, start, scanner.Offset);
        }

        while (char.IsAsciiLetterOrDigit(scanner.Current) || scanner.Current is '-' or '_')
        {
            scanner.Advance();
        }

        return scanner.Offset > start
            ? new KeyPart(scanner.Slice(start), start, scanner.Offset)
            : throw scanner.Unexpected("expected a key");
    }
}
