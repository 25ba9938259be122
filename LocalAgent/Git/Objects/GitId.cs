using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace W0rktree.LocalAgent.Git.Objects;

/// <summary>Names an object of git: the SHA-1 of its type, length and bytes.</summary>
/// <remarks>20 bytes, written as 40 lower-case hexadecimal digits. Repositories with SHA-256 names are refused at the door.</remarks>
internal readonly struct GitId : IEquatable<GitId>, IComparable<GitId>
{
    /// <summary>The size in bytes.</summary>
    public const int SizeBytes = 20;

    [ThreadStatic]
    private static IncrementalHash? t_hash;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly uint _c;

    private GitId(ulong a, ulong b, uint c) => (_a, _b, _c) = (a, b, c);

    /// <summary>Takes 20 bytes.</summary>
    public static GitId FromBytes(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));

    /// <summary>Reads 40 hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out GitId id)
    {
        id = default;
        if (hex.Length != SizeBytes * 2
            || !Utf8Parser.TryParse(hex[..16], out ulong a, out var first, 'x') || first != 16
            || !Utf8Parser.TryParse(hex[16..32], out ulong b, out var second, 'x') || second != 16
            || !Utf8Parser.TryParse(hex[32..], out uint c, out var third, 'x') || third != 8)
        {
            return false;
        }

        id = new GitId(a, b, c);
        return true;
    }

    /// <summary>Reads 40 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? hex, out GitId id)
    {
        id = default;
        return hex is not null && TryParse(Encoding.ASCII.GetBytes(hex), out id);
    }

    /// <summary>Computes the name of an object.</summary>
    public static GitId Of(GitType type, ReadOnlySpan<byte> bytes)
    {
        // Making one costs more than hashing a small object; the last call of each use leaves it as new.
        var hash = t_hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        Head(hash, type, bytes.Length);
        hash.AppendData(bytes);
        return End(hash);
    }

    /// <summary>Begins to compute the name of an object whose bytes come in pieces.</summary>
    public static IncrementalHash Begin(GitType type, long length)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        Head(hash, type, length);
        return hash;
    }

    private static void Head(IncrementalHash hash, GitType type, long length)
    {
        Span<byte> header = stackalloc byte[40];
        var written = Encoding.ASCII.GetBytes(type.Word, header);
        header[written++] = (byte)' ';
        _ = Utf8Formatter.TryFormat(length, header[written..], out var digits);
        header[written + digits] = 0;
        hash.AppendData(header[..(written + digits + 1)]);
    }

    /// <summary>Takes the name from what <see cref="Begin"/> began.</summary>
    public static GitId End(IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[SizeBytes];
        hash.GetHashAndReset(digest);
        return FromBytes(digest);
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _c);
    }

    /// <inheritdoc/>
    public bool Equals(GitId other) => _a == other._a && _b == other._b && _c == other._c;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GitId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)_a);

    /// <inheritdoc/>
    public int CompareTo(GitId other) =>
        _a != other._a ? _a.CompareTo(other._a) : _b != other._b ? _b.CompareTo(other._b) : _c.CompareTo(other._c);

    /// <summary>Formats 40 hexadecimal digits.</summary>
    public override string ToString() => $"{_a:x16}{_b:x16}{_c:x8}";

    /// <summary>Tells equality.</summary>
    public static bool operator ==(GitId left, GitId right) => left.Equals(right);

    /// <summary>Tells inequality.</summary>
    public static bool operator !=(GitId left, GitId right) => !left.Equals(right);
}

/// <summary>The types of git's objects. The numbers are those of its pack format.</summary>
internal enum GitType
{
    Commit = 1,
    Tree = 2,
    Blob = 3,
    Tag = 4,
}

/// <summary>Tells about types.</summary>
internal static class GitTypes
{
    extension(GitType type)
    {
        /// <summary>Gets git's word for it.</summary>
        public string Word => type switch
        {
            GitType.Commit => "commit",
            GitType.Tree => "tree",
            GitType.Blob => "blob",
            GitType.Tag => "tag",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type of object."),
        };
    }

    /// <summary>Reads git's word.</summary>
    public static GitType? Parse(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("commit"u8) ? GitType.Commit
        : word.SequenceEqual("tree"u8) ? GitType.Tree
        : word.SequenceEqual("blob"u8) ? GitType.Blob
        : word.SequenceEqual("tag"u8) ? GitType.Tag
        : null;
}
