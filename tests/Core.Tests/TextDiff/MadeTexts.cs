using System.Text;

namespace W0rktree.Core.Tests.TextDiff;

/// <summary>Makes texts that look like edited source from a seed: repeated lines, blocks moved, line ends missing or CRLF.</summary>
internal sealed class MadeTexts(int seed)
{
    private readonly Random _random = new(seed);

    public Random Random => _random;

    public (byte[] Old, byte[] New) NextPair()
    {
        var old = NextLines();
        return (Join(old), Join(Edit(old)));
    }

    public (byte[] Base, byte[] Ours, byte[] Theirs) NextTriple()
    {
        var @base = NextLines();
        var crlf = _random.Next(8) == 0;
        return (Join(@base, crlf), Join(Edit(@base), crlf), Join(Edit(@base), crlf));
    }

    private List<string> NextLines()
    {
        var count = _random.Next(10) == 0 ? _random.Next(0, 3) : _random.Next(3, 60);
        return [.. Enumerable.Range(0, count).Select(_ => NextLine())];
    }

    private string NextLine() => _random.Next(4) switch
    {
        0 => new string(' ', 4 * _random.Next(3)) + (_random.Next(2) == 0 ? "}" : "{"),
        1 => "",
        2 => $"    call({_random.Next(8)});",
        _ => $"line {_random.Next(200)}",
    };

    private List<string> Edit(List<string> lines)
    {
        List<string> edited = [.. lines];
        for (var edits = _random.Next(0, 6); edits > 0; edits--)
        {
            var at = _random.Next(edited.Count + 1);
            var count = Math.Min(_random.Next(1, 5), edited.Count - at);
            switch (_random.Next(5))
            {
                case 0:
                    edited.RemoveRange(at, count);
                    break;
                case 1:
                    edited.InsertRange(at, Enumerable.Range(0, _random.Next(1, 5)).Select(_ => NextLine()));
                    break;
                case 2:
                    edited.InsertRange(at, edited.GetRange(at, count));
                    break;
                case 3:
                    var block = edited.GetRange(at, count);
                    edited.RemoveRange(at, count);
                    edited.InsertRange(_random.Next(edited.Count + 1), block);
                    break;
                default:
                    for (var i = at; i < at + count; i++)
                    {
                        edited[i] = NextLine();
                    }

                    break;
            }
        }

        return edited;
    }

    private byte[] Join(List<string> lines, bool crlf = false)
    {
        var end = crlf ? "\r\n" : "\n";
        var text = string.Concat(lines.Select(line => line + end));
        return Encoding.UTF8.GetBytes(_random.Next(6) == 0 && text.Length > 0 ? text[..^end.Length] : text);
    }
}
