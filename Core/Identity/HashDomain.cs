namespace W0rktree.Core.Identity;

/// <summary>
/// Separates what is hashed: each structure has a BLAKE3 derive-key context of its own (docs/format/README.md), and file
/// content has none, so that no bytes of one kind can be presented as another.
/// </summary>
public sealed class HashDomain
{
    // A hasher of a derived key costs two hashes and kilobytes to make, many times what an entry costs to hash: each thread
    // keeps one of each domain.
    [ThreadStatic]
    private static Dictionary<HashDomain, Blake3.Hasher>? t_hashers;

    private readonly string _context;

    private HashDomain(string context) => _context = context;

    /// <summary>Digests of directory entries.</summary>
    public static HashDomain Entry { get; } = new("w0rktree v1 entry");

    /// <summary>Ids of directory pages.</summary>
    public static HashDomain Page { get; } = new("w0rktree v1 directory page");

    /// <summary>Ids of directories.</summary>
    public static HashDomain Directory { get; } = new("w0rktree v1 directory");

    /// <summary>Ids of snapshots.</summary>
    public static HashDomain Snapshot { get; } = new("w0rktree v1 snapshot");

    /// <summary>Digests of the fields of a snapshot that can be withheld.</summary>
    public static HashDomain WithheldField { get; } = new("w0rktree v1 withheld field");

    /// <summary>Links of the hash-chained logs (reflog, audit).</summary>
    public static HashDomain LogChain { get; } = new("w0rktree v1 log chain");

    /// <summary>Hashes bytes in this domain.</summary>
    public ContentHash Hash(ReadOnlySpan<byte> bytes)
    {
        var hasher = OwnHasher();
        hasher.Reset();
        hasher.Update(bytes);
        Span<byte> hash = stackalloc byte[ContentHash.SizeBytes];
        hasher.Finalize(hash);
        return ContentHash.FromBytes(hash);
    }

    private Blake3.Hasher OwnHasher()
    {
        t_hashers ??= [];
        if (!t_hashers.TryGetValue(this, out var hasher))
        {
            hasher = Blake3.Hasher.NewDeriveKey(_context);
            t_hashers[this] = hasher;
        }

        return hasher;
    }
}
