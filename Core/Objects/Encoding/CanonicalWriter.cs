using System.Buffers;
using System.Buffers.Binary;
using W0rktree.Core.Identity;

namespace W0rktree.Core.Objects.Encoding;

/// <summary>Writes the primitives of the object format (docs/format/README.md): every value has exactly one encoding.</summary>
internal sealed class CanonicalWriter
{
    private readonly ArrayBufferWriter<byte> _buffer;

    public CanonicalWriter(int capacity = 256) => _buffer = new ArrayBufferWriter<byte>(capacity);

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Gives room to write into; <see cref="Advance"/> says how much of it was used.</summary>
    public Span<byte> Reserve(int sizeBytes) => _buffer.GetSpan(sizeBytes);

    public void Advance(int sizeBytes) => _buffer.Advance(sizeBytes);

    public void WriteByte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    public void WriteHash(ContentHash hash)
    {
        hash.CopyTo(_buffer.GetSpan(ContentHash.SizeBytes));
        _buffer.Advance(ContentHash.SizeBytes);
    }

    /// <summary>LEB128, shortest form.</summary>
    public void WriteVarint(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)((value & 0x7F) | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        _buffer.Advance(length);
    }

    public void WriteVarint(int value) => WriteVarint((ulong)(uint)value);

    /// <summary>Zigzag, then LEB128.</summary>
    public void WriteSigned(long value) => WriteVarint(unchecked((ulong)((value << 1) ^ (value >> 63))));

    /// <summary>Length as varint, then the bytes.</summary>
    public void WriteBlock(ReadOnlySpan<byte> bytes)
    {
        WriteVarint((ulong)bytes.Length);
        _buffer.Write(bytes);
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }
}
