namespace W0rktree.Core.Paths;

/// <summary>Names a place inside a tree, relative to its root: names joined by <c>/</c>. The empty path is the root.</summary>
/// <remarks>
/// Bytes, not text: at most 4,096 of them and 255 names deep, so that a hostile tree cannot exhaust a stack. Every name
/// obeys <see cref="NameRules"/>. Ordered by bytes of the whole path, unsigned, with <c>/</c> before everything else, which
/// keeps a directory's content together.
/// </remarks>
public readonly struct TreePath : IEquatable<TreePath>, IComparable<TreePath>
{
    /// <summary>The longest path in bytes: PATH_MAX of Linux.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The deepest path in names.</summary>
    public const int MaxDepth = 255;

    private readonly byte[]? _bytes;

    private TreePath(byte[] bytes) => _bytes = bytes;

    /// <summary>The root of the tree.</summary>
    public static TreePath Root => default;

    /// <summary>Gets the bytes, without a leading or trailing <c>/</c>.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Gets the bytes as memory.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>Gets whether this is the root.</summary>
    public bool IsRoot => _bytes is null or [];

    /// <summary>Gets the last name.</summary>
    /// <exception cref="InvalidOperationException">The root has no name.</exception>
    public EntryName Name => IsRoot ? throw new InvalidOperationException("The root has no name.") : EntryName.Trusted(Bytes[(Bytes.LastIndexOf((byte)'/') + 1)..]);

    /// <summary>Gets the directory that holds this path; the root's parent is the root.</summary>
    public TreePath Parent => Bytes.LastIndexOf((byte)'/') is var slash and > 0 ? new TreePath(Bytes[..slash].ToArray()) : default;

    /// <summary>Gets how many names the path has; 0 for the root.</summary>
    public int Depth => IsRoot ? 0 : Bytes.Count((byte)'/') + 1;

    /// <summary>Checks bytes and takes them as a path. Empty bytes are the root.</summary>
    public static Result<TreePath> Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Root;
        }

        var depth = 0;
        foreach (var range in bytes.Split((byte)'/'))
        {
            var rule = NameRules.FirstBroken(bytes[range]);
            if (rule is not null)
            {
                return new Error("invalid_path", $"'{PathText.Display(bytes)}' is not a path inside a tree: in '{PathText.Display(bytes[range])}', {rule}.", "Give a path relative to the tree's root, such as 'src/app.cs'.");
            }

            depth++;
        }

        return bytes.Length > MaxBytes || depth > MaxDepth
            ? new Error("invalid_path", $"'{PathText.Display(bytes[..64])}…' is longer than {MaxBytes} bytes or deeper than {MaxDepth} names.")
            : new TreePath(bytes.ToArray());
    }

    /// <summary>Checks text and takes it as a path; <c>\xNN</c> stands for a byte, as <see cref="ToString"/> writes it.</summary>
    public static Result<TreePath> Parse(string text) => Parse(PathText.Undisplay(text));

    /// <summary>Goes one name down.</summary>
    /// <exception cref="ArgumentException">The result would be over the limits.</exception>
    public TreePath Append(EntryName name)
    {
        var bytes = IsRoot ? name.Bytes.ToArray() : [.. Bytes, (byte)'/', .. name.Bytes];
        return bytes.Length <= MaxBytes ? new TreePath(bytes) : throw new ArgumentException($"The path is longer than {MaxBytes} bytes.", nameof(name));
    }

    /// <summary>Joins names, from the root down.</summary>
    /// <exception cref="ArgumentException">The result would be over the limits.</exception>
    public static TreePath Of(ReadOnlySpan<EntryName> names)
    {
        if (names.IsEmpty)
        {
            return Root;
        }

        var length = names.Length - 1;
        foreach (var name in names)
        {
            length += name.Bytes.Length;
        }

        if (length > MaxBytes)
        {
            throw new ArgumentException($"The path is longer than {MaxBytes} bytes.", nameof(names));
        }

        var bytes = new byte[length];
        var rest = bytes.AsSpan();
        foreach (var name in names)
        {
            name.Bytes.CopyTo(rest);
            rest = rest[name.Bytes.Length..];
            if (!rest.IsEmpty)
            {
                rest[0] = (byte)'/';
                rest = rest[1..];
            }
        }

        return new TreePath(bytes);
    }

    /// <summary>Gets the names from the root down.</summary>
    public IReadOnlyList<EntryName> Names()
    {
        var names = new List<EntryName>(Depth);
        if (!IsRoot)
        {
            foreach (var range in Bytes.Split((byte)'/'))
            {
                names.Add(EntryName.Trusted(Bytes[range]));
            }
        }

        return names;
    }

    /// <summary>Tells whether this path is the folder itself or lies below it. Everything lies below the root.</summary>
    public bool IsAtOrBelow(TreePath folder) =>
        folder.IsRoot || (Bytes.StartsWith(folder.Bytes) && (Bytes.Length == folder.Bytes.Length || Bytes[folder.Bytes.Length] == (byte)'/'));

    /// <inheritdoc/>
    public bool Equals(TreePath other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TreePath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public int CompareTo(TreePath other)
    {
        var common = Bytes.CommonPrefixLength(other.Bytes);
        if (common == Bytes.Length || common == other.Bytes.Length)
        {
            return Bytes.Length.CompareTo(other.Bytes.Length);
        }

        return Rank(Bytes[common]).CompareTo(Rank(other.Bytes[common]));

        static int Rank(byte b) => b == (byte)'/' ? -1 : b;
    }

    /// <summary>Formats for people: UTF-8, other bytes as <c>\xNN</c>. <see cref="Parse(string)"/> reverses it.</summary>
    public override string ToString() => PathText.Display(Bytes);

    /// <summary>Tells equality.</summary>
    public static bool operator ==(TreePath left, TreePath right) => left.Equals(right);

    /// <summary>Tells inequality.</summary>
    public static bool operator !=(TreePath left, TreePath right) => !left.Equals(right);
}
