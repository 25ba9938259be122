using System.Buffers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// Reads messages from a response body, however the transport has cut it. Holds at most one message, and no memory
/// while it waits for the next one. One read at a time.
/// </summary>
internal sealed class MessageReader(Stream stream, IncomingEncoding encoding, int? maxLength)
{
    // A frame of HTTP/2 by default; smaller messages are taken several at a read, larger ones get their own buffer.
    private const int BufferSize = 16 * 1024;

    // The most to reserve on a header's word alone; beyond, memory grows only with what has really arrived.
    private const int MaxReserve = 1024 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    private int Buffered => _end - _start;

    /// <summary>Reads a message; null at the end of the body.</summary>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        if (!await FillAsync(MessageFrame.HeaderSize, cancellationToken).ConfigureAwait(false))
        {
            var isEnd = Buffered == 0;
            Release();
            return isEnd ? null : throw WireFaults.Incomplete();
        }

        var frame = MessageFrame.Parse(_buffer.AsSpan(_start, MessageFrame.HeaderSize), maxLength);
        _start += MessageFrame.HeaderSize;
        var length = (int)frame.Length;
        if (length > BufferSize)
        {
            return await ReadLargeAsync(frame.IsCompressed, length, deserializer, cancellationToken).ConfigureAwait(false);
        }

        if (!await FillAsync(length, cancellationToken).ConfigureAwait(false))
        {
            throw WireFaults.Incomplete();
        }

        var message = Deserialize(_buffer.AsMemory(_start, length), frame.IsCompressed, deserializer);
        _start += length;
        if (Buffered == 0)
        {
            Release();
        }

        return message;
    }

    private async ValueTask<T> ReadLargeAsync<T>(bool isCompressed, int length, Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
    {
        using var payload = new PooledBuffer(Math.Min(length, MaxReserve));
        payload.Write(_buffer.AsSpan(_start, Buffered));
        Release();
        while (payload.Length < length)
        {
            var target = payload.GetMemory();
            var read = await stream.ReadAsync(target[..Math.Min(target.Length, length - payload.Length)], cancellationToken).ConfigureAwait(false);
            payload.Advance(read > 0 ? read : throw WireFaults.Incomplete());
        }

        return Deserialize(payload.WrittenMemory, isCompressed, deserializer);
    }

    private T Deserialize<T>(ReadOnlyMemory<byte> payload, bool isCompressed, Func<DeserializationContext, T> deserializer) =>
        IncomingMessage.Deserialize(new ReadOnlySequence<byte>(payload), isCompressed, encoding, maxLength, deserializer);

    /// <summary>Reads until so many bytes are there; false where the body ends before.</summary>
    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        while (Buffered < count)
        {
            if (_buffer is null)
            {
                // An empty read waits for data without a buffer, so that idle streams cost none.
                _ = await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            }
            else if (_buffer.Length - _start < count)
            {
                _buffer.AsSpan(_start, Buffered).CopyTo(_buffer);
                (_start, _end) = (0, Buffered);
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    private void Release()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            (_start, _end) = (0, 0);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
