using System.Security.Cryptography;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Objects;

/// <summary>
/// A hash table from id to location that costs 52 bytes an object: ids and locations stand in blocks, which never move, and
/// slots hold their numbers. Not thread safe.
/// </summary>
internal sealed class ObjectTable
{
    private const int BlockBits = 10;
    private const int BlockSize = 1 << BlockBits;

    // Unknown to whoever makes objects, so that nobody can choose ids that all fall into one run of slots.
    private static readonly ulong Scramble = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    private readonly List<Block> _blocks = [];
    private int[] _slots = new int[64];

    public int Count { get; private set; }

    public bool TryGet(ContentHash id, out ObjectLocation location)
    {
        var index = Find(id, out _);
        location = index < 0 ? default : Unpack(_blocks[index >> BlockBits], index & (BlockSize - 1));
        return index >= 0;
    }

    /// <summary>Adds an object; keeps the location it has where it is present, unless told to replace it.</summary>
    public bool Add(ContentHash id, ObjectLocation location, bool replace = false)
    {
        var index = Find(id, out var slot);
        if (index >= 0)
        {
            if (replace)
            {
                Pack(_blocks[index >> BlockBits], index & (BlockSize - 1), location);
            }

            return false;
        }

        if ((Count & (BlockSize - 1)) == 0)
        {
            _blocks.Add(new Block());
        }

        var block = _blocks[Count >> BlockBits];
        block.Ids[Count & (BlockSize - 1)] = id;
        Pack(block, Count & (BlockSize - 1), location);
        _slots[slot] = ++Count;
        if (Count > _slots.Length / 4 * 3)
        {
            Grow();
        }

        return true;
    }

    public IEnumerable<KeyValuePair<ContentHash, ObjectLocation>> All()
    {
        for (var i = 0; i < Count; i++)
        {
            var block = _blocks[i >> BlockBits];
            yield return new(block.Ids[i & (BlockSize - 1)], Unpack(block, i & (BlockSize - 1)));
        }
    }

    private int Find(ContentHash id, out int slot)
    {
        var mask = _slots.Length - 1;
        slot = Start(id, mask);
        while (_slots[slot] is var number && number != 0)
        {
            var index = number - 1;
            if (_blocks[index >> BlockBits].Ids[index & (BlockSize - 1)] == id)
            {
                return index;
            }

            slot = (slot + 1) & mask;
        }

        return -1;
    }

    private void Grow()
    {
        var slots = new int[_slots.Length * 2];
        var mask = slots.Length - 1;
        for (var i = 0; i < Count; i++)
        {
            var slot = Start(_blocks[i >> BlockBits].Ids[i & (BlockSize - 1)], mask);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            slots[slot] = i + 1;
        }

        _slots = slots;
    }

    // Multiplication spreads the bits upward, so the high half is taken; the shards of the index used the low bits.
    private static int Start(ContentHash id, int mask) => (int)(unchecked(id.Head * Scramble) >> 32) & mask;

    // 24 bits source, 36 bits offset in units of 8, 4 bits kind.
    private static void Pack(Block block, int at, ObjectLocation location)
    {
        block.Places[at] = ((ulong)location.Source.Value << 40) | ((ulong)(location.Offset >> 3) << 4) | (uint)location.Kind;
        block.Lengths[at] = location.PayloadBytes;
    }

    private static ObjectLocation Unpack(Block block, int at)
    {
        var place = block.Places[at];
        return new ObjectLocation(
            new SourceId((uint)(place >> 40)), (long)((place >> 4) & 0xF_FFFF_FFFF) << 3, block.Lengths[at], (ObjectKind)(place & 0xF));
    }

    private sealed class Block
    {
        public readonly ContentHash[] Ids = new ContentHash[BlockSize];
        public readonly ulong[] Places = new ulong[BlockSize];
        public readonly int[] Lengths = new int[BlockSize];
    }
}
