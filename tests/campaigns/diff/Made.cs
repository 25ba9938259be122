using System.Globalization;
using System.Text;

namespace W0rktree.Campaigns.Diff;

/// <summary>Makes pairs of texts: source-like, or of a few lines that repeat, or of bytes; with moved blocks, other line ends, no end, nothing at all.</summary>
internal sealed class Made(Random random)
{
    public static void Write(int seed, int count, string folder)
    {
        var made = new Made(new Random(seed));
        var (old, @new) = (Path.Combine(folder, "old"), Path.Combine(folder, "new"));
        Directory.CreateDirectory(old);
        Directory.CreateDirectory(@new);
        for (var i = 0; i < count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"f{i:D5}.txt");
            var (before, after) = made.Next();
            File.WriteAllBytes(Path.Combine(old, name), before);
            File.WriteAllBytes(Path.Combine(@new, name), after);
        }
    }

    private (byte[] Old, byte[] New) Next()
    {
        var kind = random.Next(10);
        var size = random.Next(20) == 0 ? random.Next(3) : random.Next(50) == 0 ? random.Next(3000) : random.Next(1, 120);
        List<byte[]> lines = [.. Enumerable.Range(0, size).Select(_ => Line(kind))];
        var edited = new List<byte[]>(lines);
        for (var edits = random.Next(1, random.Next(2) == 0 ? 4 : 20); edits > 0; edits--)
        {
            Edit(edited, kind);
        }

        return (Join(lines), Join(edited));
    }

    private byte[] Line(int kind) => kind switch
    {
        0 => "abc"u8.Slice(random.Next(3), 1).ToArray(),
        1 => Enumerable.Range(0, random.Next(200)).Select(_ => (byte)random.Next(11, 256)).ToArray(),
        2 => Encoding.UTF8.GetBytes(new string((char)('a' + random.Next(20)), random.Next(5000))),
        _ => Encoding.UTF8.GetBytes(random.Next(5) switch
        {
            0 => "",
            1 => new string('\t', random.Next(3)) + (random.Next(2) == 0 ? "}" : "{"),
            2 => $"    call({random.Next(9)});",
            3 => $"int f{random.Next(30)}(void)",
            _ => $"    x{random.Next(300)} = y{random.Next(5)};",
        }),
    };

    private void Edit(List<byte[]> lines, int kind)
    {
        var at = random.Next(lines.Count + 1);
        var count = Math.Min(random.Next(1, 8), lines.Count - at);
        switch (random.Next(5))
        {
            case 0:
                lines.RemoveRange(at, count);
                break;
            case 1:
                lines.InsertRange(at, Enumerable.Range(0, random.Next(1, 8)).Select(_ => Line(kind)).ToList());
                break;
            case 2:
                lines.InsertRange(random.Next(lines.Count + 1), lines.GetRange(at, count));
                break;
            case 3:
                var block = lines.GetRange(at, count);
                lines.RemoveRange(at, count);
                lines.InsertRange(random.Next(lines.Count + 1), block);
                break;
            default:
                for (var i = at; i < at + count; i++)
                {
                    lines[i] = Line(kind);
                }

                break;
        }
    }

    private byte[] Join(List<byte[]> lines)
    {
        var end = random.Next(12) == 0 ? "\r\n"u8.ToArray() : "\n"u8.ToArray();
        byte[] text = [.. lines.SelectMany(line => line.Concat(end))];
        return random.Next(6) == 0 && text.Length > 0 ? text[..^end.Length] : text;
    }
}
