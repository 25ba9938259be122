using W0rktree.Storage.Files;

namespace W0rktree.Storage.Journal;

/// <summary>A record as a scan meets it.</summary>
/// <param name="Frame">Its header.</param>
/// <param name="Offset">Where it starts.</param>
/// <param name="IsIntact">Whether the payload matches its checksum.</param>
internal readonly record struct ScannedRecord(RecordFrame Frame, long Offset, bool IsIntact);

/// <summary>
/// Reads a segment from front to back through a window of 1 MiB, whatever the size of a record. Payloads are checked as they
/// pass; of an object only the head is kept, of other records the whole payload.
/// </summary>
internal sealed class SegmentScanner(IStoreFile file, byte[] salt, long length)
{
    private const int WindowBytes = 1 << 20;

    // Large enough for every metadata record (MetaKey, ReflogEntry) and the head of an object.
    private const int KeptObjectBytes = 64;
    private readonly byte[] _window = GC.AllocateUninitializedArray<byte>((int)Math.Min(WindowBytes, Math.Max(length, 1)));
    private long _windowStart;
    private int _windowBytes;

    /// <summary>Where the next record is expected.</summary>
    public long Offset { get; private set; } = SegmentHeader.SizeBytes;

    /// <summary>Whether everything has been read.</summary>
    public bool AtEnd => Offset >= length;

    /// <summary>The kept part of the current payload; valid until the next call.</summary>
    public byte[] Payload { get; private set; } = [];

    /// <summary>Reads the record at <see cref="Offset"/>; false when there is none, with the offset unchanged.</summary>
    public bool TryNext(out ScannedRecord record)
    {
        record = default;
        if (!TryFrame(Offset, out var frame))
        {
            return false;
        }

        var intact = ReadPayload(frame, Offset + RecordFrame.SizeBytes);
        record = new ScannedRecord(frame, Offset, intact);
        Offset += frame.Span;
        return true;
    }

    /// <summary>Goes on from an offset at which a record may start.</summary>
    public void SeekTo(long offset) => Offset = offset;

    /// <summary>Goes on to the next place that looks like a record; false when there is none up to the end.</summary>
    public bool TrySkipDamage()
    {
        for (var at = Offset + RecordFrame.Alignment; at < length; at += RecordFrame.Alignment)
        {
            if (TryFrame(at, out _))
            {
                Offset = at;
                return true;
            }
        }

        return false;
    }

    private bool TryFrame(long offset, out RecordFrame frame)
    {
        frame = default;
        return offset + RecordFrame.SizeBytes <= length
            && RecordFrame.TryRead(Bytes(offset, RecordFrame.SizeBytes), salt, offset, out frame)
            && offset + RecordFrame.SizeBytes + frame.PayloadBytes <= length;
    }

    private bool ReadPayload(RecordFrame frame, long offset)
    {
        var keep = frame.Type == RecordType.Object ? Math.Min(frame.PayloadBytes, KeptObjectBytes) : frame.PayloadBytes;
        Payload = new byte[keep];
        var state = Crc32C.Seed;
        for (var done = 0; done < frame.PayloadBytes;)
        {
            // A multiple of 8, so that the checksum of the parts is taken in whole words.
            var part = Bytes(offset + done, Math.Min(frame.PayloadBytes - done, _window.Length & ~7));
            state = Crc32C.Append(state, part);
            if (done < keep)
            {
                part[..Math.Min(part.Length, keep - done)].CopyTo(Payload.AsSpan(done));
            }

            done += part.Length;
        }

        return Crc32C.Finish(state) == frame.PayloadChecksum;
    }

    private ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        if (offset < _windowStart || offset + count > _windowStart + _windowBytes)
        {
            _windowStart = offset;
            _windowBytes = file.Read(_window, offset);
            if (_windowBytes < count)
            {
                throw new EndOfStreamException($"'{file.Path}' became shorter while it was read.");
            }
        }

        return _window.AsSpan((int)(offset - _windowStart), count);
    }
}
