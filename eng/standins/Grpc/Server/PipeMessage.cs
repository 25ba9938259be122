using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>Serializes an uncompressed message straight into the response, saving the copy through a buffer of ours.</summary>
internal sealed class PipeMessage(PipeWriter pipe, int? maxLength) : SerializationContext, IBufferWriter<byte>
{
    private PooledBuffer? _unannounced;
    private int _announced = -1;
    private int _written;
    private bool _completed;

    /// <summary>Gets a value indicating whether a part of a message is in the response that cannot be taken back.</summary>
    public bool IsTorn { get; private set; }

    public static void Write<T>(T message, Action<T, SerializationContext> serializer, PipeMessage target)
    {
        try
        {
            serializer(message, target);
            if (!target._completed)
            {
                throw new InvalidOperationException("Serialization did not return a payload.");
            }
        }
        finally
        {
            target._unannounced?.Dispose();
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        _announced = payloadLength <= (maxLength ?? int.MaxValue) ? payloadLength : throw WireFaults.SendingTooLarge();
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_announced < 0)
        {
            return _unannounced ??= new PooledBuffer(0);
        }

        WriteHeader();
        return this;
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        SetPayloadLength(payload.Length);
        WriteHeader();
        this.Write(payload);
        Complete();
    }

    public override void Complete()
    {
        if (_completed)
        {
            throw new InvalidOperationException("The message is complete already.");
        }

        if (_announced < 0)
        {
            var payload = _unannounced is null ? [] : _unannounced.WrittenSpan;
            SetPayloadLength(payload.Length);
            WriteHeader();
            this.Write(payload);
        }
        else if (!IsTorn)
        {
            WriteHeader();
        }

        IsTorn = _written != _announced;
        _completed = !IsTorn ? true : throw new InvalidOperationException($"The serializer announced {_announced} bytes and wrote {_written}.");
    }

    public void Advance(int count)
    {
        pipe.Advance(count);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => pipe.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => pipe.GetSpan(sizeHint);

    private void WriteHeader()
    {
        if (!IsTorn)
        {
            IsTorn = true;
            MessageFrame.Write(pipe.GetSpan(MessageFrame.HeaderSize), isCompressed: false, _announced);
            pipe.Advance(MessageFrame.HeaderSize);
        }
    }
}
