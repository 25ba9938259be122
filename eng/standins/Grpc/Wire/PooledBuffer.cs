using System.Buffers;

namespace Grpc.Wire;

/// <summary>A growing buffer over pooled arrays. After <see cref="Dispose" /> its memory belongs to someone else.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _array;

    public PooledBuffer(int capacity) => _array = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 256));

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
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
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
        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(needed, doubled));
        WrittenSpan.CopyTo(grown);
        ArrayPool<byte>.Shared.Return(_array);
        _array = grown;
    }
}
