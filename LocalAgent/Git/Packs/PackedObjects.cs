using System.IO.Compression;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;

namespace W0rktree.LocalAgent.Git.Packs;

/// <summary>
/// Expands objects of git's packs, which is cheaper than to have them written by another process into a pipe. Answers only what is beyond
/// doubt: whatever is not there, damaged or unusual is left to git, whose words about it are better than ours. Not thread safe.
/// </summary>
internal sealed class PackedObjects
{
    private const int OffsetDelta = 6;
    private const int NamedDelta = 7;

    // git itself makes no chain over 4,095; a circle is longer than any.
    private const int MaxDepth = 4096;

    // Larger objects are few, and nothing is gained on them.
    private const int MaxObjectBytes = 64 << 20;

    private readonly ArrayRoom _room;
    private readonly ExpandedObjects _kept;
    private readonly PackedRepository _packs;
    private readonly Stack<Delta> _deltas = new();
    private byte[] _packed = new byte[1 << 16];

    /// <summary>Begins to read.</summary>
    /// <param name="packs">The packs.</param>
    /// <param name="room">Where arrays come from and go back to.</param>
    /// <param name="keptBytes">How much of what was expanded is kept as the base of others.</param>
    public PackedObjects(PackedRepository packs, ArrayRoom room, long keptBytes)
    {
        (_packs, _room) = (packs, room);
        _kept = new ExpandedObjects(keptBytes, room);
    }

    /// <summary>Tells whether an object may be read here.</summary>
    public bool Has(GitId id) => _packs.TryFind(id, out _, out _);

    /// <summary>Reads an object into an array that the caller provides; null where git is to be asked.</summary>
    public GitObject? TryRead(GitId id, Func<int, byte[]> rent)
    {
        if (!_packs.TryFind(id, out var pack, out var offset) || !TryExpand(pack, offset, out var found))
        {
            return null;
        }

        var bytes = rent(found.Length);
        found.Bytes.CopyTo(bytes);
        return new GitObject(id, found.Type, bytes, found.Length);
    }

    private bool TryExpand(int pack, long offset, out Expanded found)
    {
        try
        {
            return TryFindBase(pack, offset, out found) && TryApply(pack, ref found);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // Not what a pack holds; git will say so.
            found = default;
            return false;
        }
        finally
        {
            while (_deltas.TryPop(out var delta))
            {
                _room.Return(delta.Array);
            }
        }
    }

    /// <summary>Goes down from delta to base until one is known or whole.</summary>
    private bool TryFindBase(int pack, long offset, out Expanded found)
    {
        while (!_kept.TryFind(pack, offset, out found))
        {
            if (!TryReadHead(pack, offset, out var head) || head.SizeBytes > MaxObjectBytes)
            {
                return false;
            }

            var array = _room.Rent((int)head.SizeBytes);
            var isDelta = head.Type is OffsetDelta or NamedDelta;
            if (isDelta)
            {
                _deltas.Push(new Delta(offset, array, (int)head.SizeBytes));
            }

            Inflate(head, array.AsSpan(0, (int)head.SizeBytes));
            if (!isDelta)
            {
                found = new Expanded((GitType)head.Type, array, (int)head.SizeBytes);
                _kept.Add(pack, offset, found);
                return true;
            }

            offset = head.Base;
            if (offset < 0 || _deltas.Count == MaxDepth)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryApply(int pack, ref Expanded found)
    {
        while (_deltas.TryPop(out var delta))
        {
            ReadOnlySpan<byte> steps = delta.Array.AsSpan(0, delta.Length);
            if (!PackDelta.TryHead(ref steps, out var baseBytes, out var resultBytes) || baseBytes != found.Length || resultBytes > MaxObjectBytes)
            {
                _room.Return(delta.Array);
                return false;
            }

            var array = _room.Rent((int)resultBytes);
            var isRight = PackDelta.TryApply(steps, found.Bytes, array.AsSpan(0, (int)resultBytes));
            _room.Return(delta.Array);
            if (!isRight)
            {
                _room.Return(array);
                return false;
            }

            found = found with { Array = array, Length = (int)resultBytes };
            _kept.Add(pack, delta.Offset, found);
        }

        return true;
    }

    /// <summary>Reads what stands at an offset into <see cref="_packed"/>, and its head.</summary>
    private bool TryReadHead(int pack, long offset, out Head head)
    {
        head = default;
        if (!_packs.TryFind(pack, offset, out var length, out var checksum) || length is < 2 or > MaxObjectBytes)
        {
            return false;
        }

        if (length > _packed.Length)
        {
            _packed = new byte[length * 2];
        }

        var entry = _packed.AsSpan(0, (int)length);
        if (!_packs.TryRead(pack, offset, entry) || PackChecksum.Of(entry) != checksum)
        {
            return false;
        }

        var at = 1;
        var type = (entry[0] >> 4) & 7;
        long size = entry[0] & 15;
        for (var shift = 4; (entry[at - 1] & 0x80) != 0; shift += 7)
        {
            if (at == entry.Length || shift > 56)
            {
                return false;
            }

            size |= (long)(entry[at++] & 0x7F) << shift;
        }

        var below = -1L;
        switch (type)
        {
            case >= (int)GitType.Commit and <= (int)GitType.Tag:
                break;
            case OffsetDelta when TryDistance(entry, ref at, out var distance):
                below = offset - distance;
                break;
            case NamedDelta when at + GitId.SizeBytes <= entry.Length:
                below = _packs.Find(pack, GitId.FromBytes(entry[at..]));
                at += GitId.SizeBytes;
                break;
            default:
                return false;
        }

        head = new Head(type, size, below, at, (int)length);
        return true;
    }

    /// <summary>Seven bits a byte, the highest first, each further byte counting from one more.</summary>
    private static bool TryDistance(ReadOnlySpan<byte> entry, ref int at, out long distance)
    {
        distance = 0;
        for (var first = true; at < entry.Length && distance < long.MaxValue >> 8; first = false)
        {
            var next = entry[at++];
            distance = ((first ? 0 : distance + 1) << 7) | (next & 0x7FL);
            if ((next & 0x80) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Inflate(in Head head, Span<byte> target)
    {
        using var packed = new MemoryStream(_packed, head.DataAt, head.End - head.DataAt, writable: false);
        using var inflated = new ZLibStream(packed, CompressionMode.Decompress);
        if (inflated.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) != target.Length || inflated.ReadByte() >= 0)
        {
            throw new InvalidDataException("An object of the pack is not of the length that its head says.");
        }
    }

    private readonly record struct Delta(long Offset, byte[] Array, int Length);

    private readonly record struct Head(int Type, long SizeBytes, long Base, int DataAt, int End);
}
