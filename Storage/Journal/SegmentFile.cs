using W0rktree.Storage.Files;
using W0rktree.Storage.Objects;

namespace W0rktree.Storage.Journal;

/// <summary>One open segment of the journal. Reads are thread safe; the rest belongs to the journal's writer.</summary>
internal sealed class SegmentFile(IStoreFile file, SegmentHeader header) : IDisposable
{
    public uint Number => header.Number;

    public ReadOnlySpan<byte> Salt => header.Salt;

    public SegmentHeader Header => header;

    public IStoreFile File => file;

    public string Path => file.Path;

    /// <summary>Whether content was written that no sync has covered.</summary>
    public bool NeedsSync { get; set; }

    /// <summary>Whether the segment's index file is there.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Its committed objects, until they stand in the segment's index file.</summary>
    public List<ObjectEntry> Committed { get; } = [];

    /// <summary>Reads an object record whole; null when header or payload is not what the checksums say.</summary>
    public byte[]? ReadRecord(long offset, int payloadBytes)
    {
        var record = GC.AllocateUninitializedArray<byte>(RecordFrame.SizeBytes + payloadBytes);
        return file.Read(record, offset) == record.Length
            && RecordFrame.TryRead(record, Salt, offset, out var frame)
            && frame.Type == RecordType.Object && frame.PayloadBytes == payloadBytes
            && Crc32C.Of(record.AsSpan(RecordFrame.SizeBytes)) == frame.PayloadChecksum
            ? record
            : null;
    }

    public void Dispose() => file.Dispose();
}
