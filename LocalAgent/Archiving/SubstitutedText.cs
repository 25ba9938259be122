using System.Globalization;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Archiving;

/// <summary>
/// Expands <c>$Format:…$</c> in files that the attribute <c>export-subst</c> marks, by the placeholders of <c>git log --format</c> that
/// speak of ids, people, times and the message. Of a snapshot that came from git the commit is meant. Others stay as they are.
/// </summary>
internal sealed class SubstitutedText(SnapshotId id, SnapshotObject snapshot)
{
    private const int ShortDigits = 12;

    private readonly CommitRecord? _commit = CommitRecord.TryRead(snapshot);

    private static ReadOnlySpan<byte> Start => "$Format:"u8;

    /// <summary>Gives the text with everything expanded.</summary>
    public byte[] Expand(ReadOnlySpan<byte> text)
    {
        var output = new MemoryStream(text.Length + 64);
        while (text.IndexOf(Start) is >= 0 and var at && text[(at + Start.Length)..].IndexOf((byte)'$') is >= 0 and var length)
        {
            output.Write(text[..at]);
            output.Write(Encoding.UTF8.GetBytes(Format(Encoding.UTF8.GetString(text.Slice(at + Start.Length, length)))));
            text = text[(at + Start.Length + length + 1)..];
        }

        output.Write(text);
        return output.ToArray();
    }

    private string Format(string format)
    {
        var text = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] == '%' && Value(format.AsSpan(at + 1)) is { } found)
            {
                text.Append(found.Text);
                at += found.Length;
            }
            else
            {
                text.Append(format[at]);
            }
        }

        return text.ToString();
    }

    private Found? Value(ReadOnlySpan<char> name)
    {
        switch (name)
        {
            case ['%', ..]:
                return new Found("%", 1);
            case ['n', ..]:
                return new Found("\n", 1);
            case ['H', ..]:
                return new Found(Id(), 1);
            case ['h', ..]:
                return new Found(Id()[..ShortDigits], 1);
            case ['s', ..]:
                return new Found(Subject(), 1);
            case ['B', ..]:
                return new Found(snapshot.Message.Text ?? "", 1);
            case ['a' or 'c', var part, ..]:
                var (person, time) = name[0] == 'a' ? (snapshot.Author.Text, snapshot.Time) : (snapshot.Recorder.Text, CommitterTime());
                return Part(part, person ?? "", time) is { } text ? new Found(text, 2) : null;
            default:
                return null;
        }
    }

    private static string? Part(char part, string person, SnapshotTime time)
    {
        var address = person.LastIndexOf('<');
        var local = time.ToUtc().ToOffset(TimeSpan.FromMinutes(Math.Clamp(time.ZoneMinutes, -14 * 60, 14 * 60)));
        var zone = local.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        return part switch
        {
            'n' or 'N' => (address < 0 ? person : person[..address]).Trim(),
            'e' or 'E' => address < 0 ? "" : person[(address + 1)..].TrimEnd('>'),
            't' => (time.UnixMilliseconds / 1000).ToString(CultureInfo.InvariantCulture),
            'd' => local.ToString("ddd MMM d HH:mm:ss yyyy ", CultureInfo.InvariantCulture) + zone,
            'i' => local.ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture) + zone,
            'I' => local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
            's' => local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    private string Id() => _commit?.Id.ToString() ?? id.ToString();

    /// <summary>The lines of the first paragraph, joined, as git shows them.</summary>
    private string Subject() =>
        string.Join(' ', (snapshot.Message.Text ?? "").TrimStart('\n').Split('\n').TakeWhile(line => !string.IsNullOrWhiteSpace(line)).Select(line => line.TrimEnd()));

    /// <summary>Only commits say when they were made apart from when they were written.</summary>
    private SnapshotTime CommitterTime()
    {
        var words = _commit is null ? [] : Encoding.ASCII.GetString(_commit.CommitterStamp.Span).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var seconds, [var sign, .. { Length: 4 } zone]] && long.TryParse(seconds, CultureInfo.InvariantCulture, out var when) && int.TryParse(zone, NumberStyles.None, CultureInfo.InvariantCulture, out var clock)
            ? new SnapshotTime(when * 1000, ((clock / 100 * 60) + (clock % 100)) * (sign == '-' ? -1 : 1))
            : snapshot.Time;
    }

    private readonly record struct Found(string Text, int Length);
}
