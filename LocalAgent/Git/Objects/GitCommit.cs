using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;

namespace W0rktree.LocalAgent.Git.Objects;

/// <summary>
/// A commit in parts. Put together again they are the same bytes, or the commit is irregular (a header out of place, none
/// between header and message) and its bytes have to be kept as they are.
/// </summary>
internal sealed class GitCommit
{
    private GitCommit(byte[] raw) => Raw = raw;

    /// <summary>Gets the bytes.</summary>
    public byte[] Raw { get; }

    /// <summary>Gets the tree.</summary>
    public GitId Tree { get; private set; }

    /// <summary>Gets the parents in their order.</summary>
    public ImmutableArray<GitId> Parents { get; private set; } = [];

    /// <summary>Gets who made the changes.</summary>
    public GitSignature Author { get; private set; }

    /// <summary>Gets who recorded them.</summary>
    public GitSignature Committer { get; private set; }

    /// <summary>Gets the header lines behind the committer, each with its line feed: encoding, gpgsig, mergetag and whatever else.</summary>
    public ReadOnlyMemory<byte> Extra { get; private set; }

    /// <summary>Gets the message.</summary>
    public ReadOnlyMemory<byte> Message { get; private set; }

    /// <summary>Gets whether the parts give the same bytes again.</summary>
    public bool IsRegular { get; private set; }

    /// <summary>Gets the value of the encoding header, or null.</summary>
    public string? Encoding => EncodingOf(Extra.Span);

    /// <summary>Reads a commit; null where it has no tree, which makes it none.</summary>
    public static GitCommit? TryParse(byte[] raw)
    {
        var commit = new GitCommit(raw);
        var head = raw.AsSpan().IndexOf("\n\n"u8) is >= 0 and var blank ? blank + 1 : raw.Length;
        var parents = ImmutableArray.CreateBuilder<GitId>();
        var hasTree = false;
        var extra = -1;
        for (var at = 0; at < head;)
        {
            var end = raw.AsSpan(at, head - at).IndexOf((byte)'\n') is >= 0 and var feed ? at + feed : head;
            var line = raw.AsMemory(at, end - at);
            if (!hasTree && line.Span.StartsWith("tree "u8) && GitId.TryParse(line.Span[5..], out var tree))
            {
                (commit.Tree, hasTree) = (tree, true);
            }
            else if (extra < 0 && line.Span.StartsWith("parent "u8) && GitId.TryParse(line.Span[7..], out var parent))
            {
                parents.Add(parent);
            }
            else if (commit.Author.IsDefault && line.Span.StartsWith("author "u8))
            {
                commit.Author = GitSignature.Parse(line[7..]);
            }
            else if (commit.Committer.IsDefault && line.Span.StartsWith("committer "u8))
            {
                commit.Committer = GitSignature.Parse(line[10..]);
            }
            else if (extra < 0)
            {
                extra = at;
            }

            at = end + 1;
        }

        commit.Parents = parents.ToImmutable();
        commit.Extra = extra < 0 ? default : raw.AsMemory(extra, head - extra);
        commit.Message = head < raw.Length ? raw.AsMemory(head + 1) : default;
        commit.IsRegular = hasTree && Format(commit.Tree, commit.Parents, commit.Author, commit.Committer, commit.Extra.Span, commit.Message.Span).AsSpan().SequenceEqual(raw);
        return hasTree ? commit : null;
    }

    /// <summary>Writes a commit.</summary>
    public static byte[] Format(
        GitId tree, IEnumerable<GitId> parents, GitSignature author, GitSignature committer, ReadOnlySpan<byte> extra, ReadOnlySpan<byte> message)
    {
        var writer = new ArrayBufferWriter<byte>(256 + extra.Length + message.Length);
        writer.Write("tree "u8);
        WriteHex(writer, tree);
        foreach (var parent in parents)
        {
            writer.Write("\nparent "u8);
            WriteHex(writer, parent);
        }

        writer.Write("\nauthor "u8);
        author.Write(writer);
        writer.Write("\ncommitter "u8);
        committer.Write(writer);
        writer.Write("\n"u8);
        writer.Write(extra);
        writer.Write("\n"u8);
        writer.Write(message);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Finds the encoding among header lines.</summary>
    public static string? EncodingOf(ReadOnlySpan<byte> headers)
    {
        while (!headers.IsEmpty)
        {
            var end = headers.IndexOf((byte)'\n') is >= 0 and var feed ? feed : headers.Length;
            if (headers[..end].StartsWith("encoding "u8))
            {
                return System.Text.Encoding.ASCII.GetString(headers[9..end]);
            }

            headers = headers[Math.Min(end + 1, headers.Length)..];
        }

        return null;
    }

    private static void WriteHex(ArrayBufferWriter<byte> writer, GitId id)
    {
        System.Text.Encoding.ASCII.GetBytes(id.ToString(), writer.GetSpan(GitId.SizeBytes * 2));
        writer.Advance(GitId.SizeBytes * 2);
    }
}

/// <summary>Who and when, as a commit's header says it.</summary>
/// <param name="Person">All up to and including the last <c>&gt;</c>; the whole line where it is not followed by a space.</param>
/// <param name="Stamp">Seconds since 1970 and offset as they are written; empty where there are none.</param>
internal readonly record struct GitSignature(ReadOnlyMemory<byte> Person, ReadOnlyMemory<byte> Stamp)
{
    /// <summary>Gets whether nothing was read.</summary>
    public bool IsDefault => Person.IsEmpty && Stamp.IsEmpty;

    /// <summary>Reads a header's value. No bytes are lost, however odd it is.</summary>
    public static GitSignature Parse(ReadOnlyMemory<byte> value)
    {
        var angle = value.Span.LastIndexOf((byte)'>');
        return angle >= 0 && angle + 2 < value.Length && value.Span[angle + 1] == ' '
            ? new GitSignature(value[..(angle + 1)], value[(angle + 2)..])
            : new GitSignature(value, default);
    }

    /// <summary>Reads the moment as well as it can be told; 1970 where it cannot.</summary>
    public Core.Objects.SnapshotTime Time()
    {
        var stamp = Stamp.Span;
        if (!Utf8Parser.TryParse(stamp, out long seconds, out var read))
        {
            return default;
        }

        var zone = stamp[read..].TrimStart((byte)' ');
        var minutes = Utf8Parser.TryParse(zone, out int offset, out _) ? (offset / 100 * 60) + (offset % 100) : 0;
        var most = long.MaxValue / 1000;
        return new Core.Objects.SnapshotTime(
            Math.Clamp(seconds, -most, most) * 1000,
            Math.Clamp(minutes, -Core.Objects.SnapshotTime.MaxZoneMinutes, Core.Objects.SnapshotTime.MaxZoneMinutes));
    }

    /// <summary>Makes the signature of somebody at a moment, for a snapshot that never was a commit.</summary>
    public static GitSignature Of(ReadOnlySpan<byte> person, Core.Objects.SnapshotTime time)
    {
        // git refuses angle brackets, NUL and line feeds within a name, and a signature without an address.
        var text = System.Text.Encoding.UTF8.GetString(person).Replace("\n", " ", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal).Trim();
        var open = text.LastIndexOf('<');
        var name = Clean(open >= 0 ? text[..open] : text);
        var address = Clean(open >= 0 ? text[(open + 1)..] : "");
        var zone = Math.Abs(time.ZoneMinutes);
        var stamp = $"{Math.Max(0, Math.DivRem(time.UnixMilliseconds, 1000).Quotient)} {(time.ZoneMinutes < 0 ? '-' : '+')}{zone / 60:00}{zone % 60:00}";
        return new GitSignature(
            System.Text.Encoding.UTF8.GetBytes($"{(name.Length == 0 ? "unknown" : name)} <{address}>"), System.Text.Encoding.ASCII.GetBytes(stamp));
    }

    /// <summary>Writes the header's value.</summary>
    public void Write(ArrayBufferWriter<byte> writer)
    {
        writer.Write(Person.Span);
        if (!Stamp.IsEmpty)
        {
            writer.Write(" "u8);
            writer.Write(Stamp.Span);
        }
    }

    private static string Clean(string text) =>
        text.Replace("<", "", StringComparison.Ordinal).Replace(">", "", StringComparison.Ordinal).Trim(' ', '.', ',', ':', ';', '"', '\'', '\\');
}
