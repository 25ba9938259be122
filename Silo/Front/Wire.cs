using Google.Protobuf;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Protocol.Grpc;

namespace W0rktree.Silo.Front;

/// <summary>Reads and writes ids as the messages carry them. What cannot be read ends the call.</summary>
internal static class Wire
{
    /// <summary>Reads a tree's address.</summary>
    public static TreeAddress Tree(TreeRef? tree) =>
        tree is not null && TenantId.TryParse(tree.TenantId, out var tenant) && WorktreeId.TryParse(tree.WorktreeId, out var worktree) && TreeId.TryParse(tree.TreeId, out var id)
            ? new TreeAddress(tenant, worktree, id)
            : throw Replies.Invalid("A tree is named by three ids of 32 lower-case hexadecimal digits each.");

    /// <summary>Writes a tree's address.</summary>
    public static TreeRef Ref(TreeAddress tree) => new() { TenantId = tree.Tenant.ToString(), WorktreeId = tree.Worktree.ToString(), TreeId = tree.Tree.ToString() };

    /// <summary>Reads a snapshot's id.</summary>
    public static SnapshotId Snapshot(ByteString bytes) => new(Hash(bytes));

    /// <summary>Reads a snapshot's id; zero where the field is empty.</summary>
    public static SnapshotId SnapshotOrNone(ByteString bytes) => bytes.IsEmpty ? default : Snapshot(bytes);

    /// <summary>Reads a hash.</summary>
    public static ContentHash Hash(ByteString bytes) =>
        bytes.Length == ContentHash.SizeBytes ? ContentHash.FromBytes(bytes.Span) : throw Replies.Invalid("An id has 32 bytes.");

    /// <summary>Writes a snapshot's id; empty for none.</summary>
    public static ByteString Bytes(SnapshotId id) => Bytes(id.Hash);

    /// <summary>Writes a hash; empty for none.</summary>
    public static ByteString Bytes(ContentHash hash) => hash.IsZero ? ByteString.Empty : ByteString.CopyFrom(hash.ToArray());

    /// <summary>Reads a branch's name.</summary>
    public static BranchName Branch(string name) => BranchName.Parse(name).OrRefuse();

    /// <summary>Reads a working copy's id; zero where the field is empty.</summary>
    public static CopyId CopyOrNone(string text) =>
        text.Length == 0 ? default : CopyId.TryParse(text, out var id) ? id : throw Replies.Invalid("A copy's id is 32 lower-case hexadecimal digits.");

    /// <summary>Reads the id of a request that may be repeated.</summary>
    public static string RequestId(string text) =>
        text.Length == 32 && text.All(char.IsAsciiHexDigitLower) ? text : throw Replies.Invalid("A request's id is 32 lower-case hexadecimal digits.");

    /// <summary>Reads a session's id.</summary>
    public static UInt128 Session(ByteString bytes) =>
        bytes.Length == 16 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes.Span) : throw Replies.Invalid("A session has 16 bytes.");
}
