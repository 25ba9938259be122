using System.Numerics;

namespace W0rktree.LocalAgent.Git.Packs;

/// <summary>
/// Gives arrays to use again and again: memory that is touched for the first time is dearer than what is done with it. Thread safe.
/// </summary>
internal sealed class ArrayRoom
{
    /// <summary>Larger ones are not kept.</summary>
    private const int MaxArrayBytes = 16 << 20;

    /// <summary>
    /// The most that lies about unused. Files grow over a history, and with them the sizes that are asked for: what was not asked for
    /// longest goes.
    /// </summary>
    private const long MaxFreeBytes = 32L << 20;

    private const int SmallestArrayBytes = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Size> _sizes = [];
    private long _freeBytes;
    private long _asked;

    /// <summary>Gives an array of at least some bytes; what is in it means nothing.</summary>
    public byte[] Rent(int sizeBytes)
    {
        if (sizeBytes > MaxArrayBytes)
        {
            return GC.AllocateUninitializedArray<byte>(sizeBytes);
        }

        var length = Rounded(sizeBytes);
        lock (_gate)
        {
            var size = SizeOf(length);
            size.LastAsked = ++_asked;
            if (size.Free.TryPop(out var array))
            {
                _freeBytes -= length;
                return array;
            }
        }

        return GC.AllocateUninitializedArray<byte>(length);
    }

    /// <summary>Takes an array back that nobody uses any more.</summary>
    public void Return(byte[] array)
    {
        if (array.Length > MaxArrayBytes || array.Length != Rounded(array.Length))
        {
            return;
        }

        lock (_gate)
        {
            SizeOf(array.Length).Free.Push(array);
            _freeBytes += array.Length;
            while (_freeBytes > MaxFreeBytes)
            {
                var oldest = _sizes.Where(size => size.Value.Free.Count > 0).MinBy(size => size.Value.LastAsked);
                _freeBytes -= (long)oldest.Key * oldest.Value.Free.Count;
                _sizes.Remove(oldest.Key);
            }
        }
    }

    private Size SizeOf(int length) => _sizes.TryGetValue(length, out var size) ? size : _sizes[length] = new Size();

    /// <summary>Rounds up to one of four sizes between each power of two and the next, so that at most a fifth is wasted.</summary>
    private static int Rounded(int sizeBytes)
    {
        if (sizeBytes <= SmallestArrayBytes)
        {
            return SmallestArrayBytes;
        }

        var step = 1 << (BitOperations.Log2((uint)sizeBytes - 1) - 2);
        return (sizeBytes + step - 1) & -step;
    }

    private sealed class Size
    {
        public Stack<byte[]> Free { get; } = new();

        public long LastAsked { get; set; }
    }
}
