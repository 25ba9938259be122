using System.Buffers;

namespace W0rktree.LocalAgent.Git.Objects;

/// <summary>One line of a git tree: where it stands in the tree's bytes, and what it names.</summary>
/// <param name="Start">Offset of its mode.</param>
/// <param name="NameStart">Offset of its name.</param>
/// <param name="NameLength">Length of its name in bytes.</param>
/// <param name="Id">The object it names.</param>
internal readonly record struct GitTreeLine(int Start, int NameStart, int NameLength, GitId Id)
{
    /// <summary>Gets the offset behind it.</summary>
    public int End => NameStart + NameLength + 1 + GitId.SizeBytes;

    /// <summary>Gets the mode as it is written.</summary>
    public ReadOnlySpan<byte> Mode(ReadOnlySpan<byte> tree) => tree[Start..(NameStart - 1)];

    /// <summary>Gets the name.</summary>
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> tree) => tree.Slice(NameStart, NameLength);

    /// <summary>Gets all of it.</summary>
    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> tree) => tree[Start..End];
}

/// <summary>Reads and writes git's trees: <c>mode SP name NUL id</c>, sorted as if the names of directories ended in a slash.</summary>
internal static class GitTree
{
    // Trees are read by the hundred thousand; their lines are gathered in the same list.
    [ThreadStatic]
    private static List<GitTreeLine>? t_lines;

    /// <summary>Reads a tree; null where the bytes are none.</summary>
    public static GitTreeLine[]? TryParse(ReadOnlySpan<byte> tree)
    {
        var lines = t_lines ??= [];
        lines.Clear();
        for (var at = 0; at < tree.Length;)
        {
            var space = tree[at..].IndexOf((byte)' ');
            if (space <= 0)
            {
                return null;
            }

            var name = at + space + 1;
            var length = tree[name..].IndexOf((byte)0);
            if (length <= 0 || name + length + 1 + GitId.SizeBytes > tree.Length)
            {
                return null;
            }

            var line = new GitTreeLine(at, name, length, GitId.FromBytes(tree[(name + length + 1)..]));
            lines.Add(line);
            at = line.End;
        }

        return [.. lines];
    }

    /// <summary>Writes a tree of lines in any order.</summary>
    public static byte[] Format(IReadOnlyList<GitTreeEntry> entries)
    {
        var sorted = entries.ToArray();
        Array.Sort(sorted, static (a, b) => Compare(a.Name.Span, a.IsDirectory, b.Name.Span, b.IsDirectory));
        var writer = new ArrayBufferWriter<byte>(sorted.Length * 40 + 16);
        foreach (var entry in sorted)
        {
            writer.Write(entry.Mode.Span);
            writer.Write(" "u8);
            writer.Write(entry.Name.Span);
            writer.Write("\0"u8);
            entry.Id.CopyTo(writer.GetSpan(GitId.SizeBytes));
            writer.Advance(GitId.SizeBytes);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Orders two names as git does.</summary>
    public static int Compare(ReadOnlySpan<byte> left, bool leftIsDirectory, ReadOnlySpan<byte> right, bool rightIsDirectory)
    {
        var shared = Math.Min(left.Length, right.Length);
        var order = left[..shared].SequenceCompareTo(right[..shared]);
        return order != 0 ? order : Next(left, leftIsDirectory, shared) - Next(right, rightIsDirectory, shared);
    }

    private static int Next(ReadOnlySpan<byte> name, bool isDirectory, int at) => at < name.Length ? name[at] : isDirectory ? '/' : 0;
}

/// <summary>What a git tree says under one name.</summary>
/// <param name="Mode">The mode as it is written.</param>
/// <param name="Name">The name's bytes.</param>
/// <param name="Id">The object.</param>
/// <param name="IsDirectory">Whether it is a tree, which decides where it sorts.</param>
internal readonly record struct GitTreeEntry(ReadOnlyMemory<byte> Mode, ReadOnlyMemory<byte> Name, GitId Id, bool IsDirectory);

/// <summary>Says no to something of a repository, from deep inside a walk; becomes the answer at the edge of the bridge.</summary>
internal sealed class GitRefusalException(string code, string message, string? hint = null) : Exception(message)
{
    /// <summary>Gets the refusal.</summary>
    public Core.Error Error { get; } = new(code, message, hint);

    /// <summary>Writes bytes of git for people.</summary>
    public static string Display(ReadOnlySpan<byte> bytes) => Core.Paths.PathText.Display(bytes);
}
