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

    /// <summary>Its committed objects, until they stand in the segment's index file.</summary>
    public List<ObjectEntry> Committed { get; } = [];

    /// <summary>Reads the payload of an object record.</summary>
    public byte[] ReadPayload(long offset, int payloadBytes)
    {
        var payload = GC.AllocateUninitializedArray<byte>(payloadBytes);
        var count = file.Read(payload, offset + RecordFrame.SizeBytes);
        return count == payloadBytes ? payload : payload[..count];
    }

    public void Dispose() => file.Dispose();
}
