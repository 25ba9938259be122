using System.Buffers;

namespace Grpc.Wire;

/// <summary>A growing buffer over pooled arrays. After <see cref="Dispose" /> its memory belongs to someone else.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    // The pool keeps what it is given back for long; larger arrays are left to the garbage collector instead.
    private const int MaxPooled = 4 * 1024 * 1024;

    private byte[] _array;

    public PooledBuffer(int capacity) => _array = Rent(Math.Max(capacity, 256));

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, Length);

    public Span<byte> WrittenSpan => _array.AsSpan(0, Length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Length);
    }

    public void Dispose()
    {
        var array = _array;
        _array = [];
        Length = 0;
        Return(array);
    }

    /// <summary>Makes room for at least this many further bytes, and at least one.</summary>
    public void Reserve(int count)
    {
        ObjectDisposedException.ThrowIf(_array.Length == 0, this);
        var needed = checked(Length + Math.Max(count, 1));
        if (needed <= _array.Length)
        {
            return;
        }

        var doubled = (int)Math.Min((long)_array.Length * 2, Array.MaxLength);
        var grown = Rent(Math.Max(needed, doubled));
        WrittenSpan.CopyTo(grown);
        Return(_array);
        _array = grown;
    }

    private static byte[] Rent(int size) => size <= MaxPooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);

    private static void Return(byte[] array)
    {
        if (array.Length is > 0 and <= MaxPooled)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
