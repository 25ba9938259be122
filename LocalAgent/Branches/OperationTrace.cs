using System.Buffers.Binary;
using System.Globalization;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Pipeline;

namespace W0rktree.LocalAgent.Branches;

/// <summary>What the reflog has to keep of an operation so that it can be taken back.</summary>
/// <param name="Id">Joins the entries of one operation, such as the snapshot before a switch and the switch.</param>
internal sealed record OperationTrace(string Id)
{
    /// <summary>Gets a snapshot of the working directory as it was before; null where only the entry before tells.</summary>
    public SnapshotId? FilesBefore { get; init; }

    /// <summary>Gets a snapshot of the working directory as it was afterwards.</summary>
    public SnapshotId? FilesAfter { get; init; }

    /// <summary>Gets the branch before, where the operation changed it.</summary>
    public BranchName? FromBranch { get; init; }

    /// <summary>Gets the first entry that the operation took back.</summary>
    public ulong? UndoneFrom { get; init; }

    /// <summary>Begins the trace of an operation. 64 bits: an id only has to differ from its neighbours in one log.</summary>
    public static OperationTrace Begin(IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        entropy.Fill(bytes);
        return new OperationTrace(BinaryPrimitives.ReadUInt64BigEndian(bytes).ToString("x16", CultureInfo.InvariantCulture));
    }
}
