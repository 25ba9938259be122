using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.TreeMerge;

/// <summary>Computes the SHA-1 of the git tree with the same content, so that results can be held against git's. Reads every file below.</summary>
public sealed class GitTreeIds(IMergeObjects objects)
{
    private readonly Dictionary<ContentHash, byte[]?> _known = [];

    /// <summary>Gives the id in hexadecimal, or null where git cannot hold the tree (nested trees, foreign links, hidden entries).</summary>
    public async ValueTask<string?> OfAsync(ContentHash root, CancellationToken cancellationToken) =>
        await TreeAsync(root, cancellationToken) is { } id ? Convert.ToHexStringLower(id) : null;

    private async ValueTask<byte[]?> TreeAsync(ContentHash id, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out var known))
        {
            return known;
        }

        var directory = await objects.ReadDirectoryAsync(id, cancellationToken);
        using var tree = new MemoryStream();
        foreach (var entry in directory.Entries.OrderBy(SortKey, ByteOrder.Instance))
        {
            var target = entry.Kind == EntryKind.Directory ? await TreeAsync(entry.Hash, cancellationToken) : await BlobAsync(entry, cancellationToken);
            if (target is null)
            {
                return _known[id] = null;
            }

            tree.Write(Encoding.ASCII.GetBytes(Mode(entry.Kind)));
            tree.WriteByte((byte)' ');
            tree.Write(entry.Name.Bytes);
            tree.WriteByte(0);
            tree.Write(target);
        }

        return _known[id] = directory.HasSealed ? null : Hash("tree", tree.ToArray());
    }

    private async ValueTask<byte[]?> BlobAsync(DirectoryEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.Kind.HasContent)
        {
            return null;
        }

        if (!_known.TryGetValue(entry.Hash, out var known))
        {
            known = await objects.ReadContentAsync(entry.Hash, long.MaxValue, cancellationToken) is { } content ? Hash("blob", content.Span) : null;
            _known[entry.Hash] = known;
        }

        return known;
    }

    /// <summary>Git sorts a directory as if its name ended in a slash.</summary>
    private static byte[] SortKey(DirectoryEntry entry) => entry.Kind == EntryKind.Directory ? [.. entry.Name.Bytes, (byte)'/'] : entry.Name.Bytes.ToArray();

    private static string Mode(EntryKind kind) => kind switch
    {
        EntryKind.Directory => "40000",
        EntryKind.Symlink => "120000",
        EntryKind.Executable => "100755",
        _ => "100644",
    };

    private static byte[] Hash(string kind, ReadOnlySpan<byte> bytes)
    {
#pragma warning disable CA5350 // SHA-1 is what git names its objects by; nothing is trusted because of it.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind} {bytes.Length}\0")));
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
