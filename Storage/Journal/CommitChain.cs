using System.Buffers.Binary;

namespace W0rktree.Storage.Journal;

/// <summary>
/// Links the commits of a store: each link is BLAKE3 over the one before, the commit's number and every metadata record of
/// its transaction, so that metadata cannot be lost, reordered or changed between two good commits without being noticed.
/// </summary>
internal sealed class CommitChain : IDisposable
{
    public const int LinkBytes = 32;
    private const string Context = "w0rktree v1 journal chain";
    private readonly Blake3.Hasher _hasher = Blake3.Hasher.NewDeriveKey(Context);

    public CommitChain(ReadOnlySpan<byte> previous, ulong sequence)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, sequence);
        _hasher.Update(previous);
        _hasher.Update(number);
    }

    /// <summary>Adds a metadata record of the transaction, in the order of the journal.</summary>
    public void Add(RecordType type, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[1 + sizeof(uint)];
        head[0] = (byte)type;
        BinaryPrimitives.WriteUInt32LittleEndian(head[1..], (uint)payload.Length);
        _hasher.Update(head);
        _hasher.Update(payload);
    }

    public byte[] Link()
    {
        var link = new byte[LinkBytes];
        _hasher.Finalize(link);
        return link;
    }

    public void Dispose() => _hasher.Dispose();
}
