using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace W0rktree.LocalAgent.Git.Objects;

/// <summary>The small text that git keeps in place of a large file (git-lfs specification, version 1).</summary>
/// <param name="Sha256">The content's SHA-256 in 64 hexadecimal digits.</param>
/// <param name="SizeBytes">Its size.</param>
internal sealed record LfsPointer(string Sha256, long SizeBytes)
{
    /// <summary>The specification's limit: whatever is longer is no pointer.</summary>
    public const int MaxBytes = 1024;

    private static readonly SearchValues<byte> s_hex = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Reads a pointer; null where the bytes are none.</summary>
    public static LfsPointer? TryParse(ReadOnlySpan<byte> blob)
    {
        if (blob.Length > MaxBytes || !blob.StartsWith("version https://git-lfs.github.com/spec/v1\n"u8))
        {
            return null;
        }

        string? sha = null;
        var size = -1L;
        foreach (var range in blob.Split((byte)'\n'))
        {
            var line = blob[range];
            if (line.StartsWith("oid sha256:"u8) && line.Length == 75 && line[11..].IndexOfAnyExcept(s_hex) < 0)
            {
                sha = Encoding.ASCII.GetString(line[11..]);
            }
            else if (line.StartsWith("size "u8) && Utf8Parser.TryParse(line[5..], out long value, out var read) && read == line.Length - 5)
            {
                size = value;
            }
        }

        return sha is not null && size >= 0 ? new LfsPointer(sha, size) : null;
    }

    /// <summary>Gives the file below a repository's <c>lfs/objects</c> that has the content.</summary>
    public string PathBelow(string objects) => Path.Combine(objects, Sha256[..2], Sha256[2..4], Sha256);
}
