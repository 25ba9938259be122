using System.Runtime.CompilerServices;
using Google.Protobuf;
using W0rktree.Core.History;
using W0rktree.Core.Objects;
using W0rktree.Protocol.Grpc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Transfer;

/// <summary>Cuts objects of the local store into frames for the wire; content of any size streams in constant memory.</summary>
internal sealed class ObjectFrames(ObjectStore store)
{
    /// <summary>The most bytes of content in one frame, as sync.proto says.</summary>
    public const int MaxFrameBytes = 1024 * 1024;

    /// <summary>Gives the frames of one object.</summary>
    /// <exception cref="MissingObjectException">The store does not have it.</exception>
    public async IAsyncEnumerable<ObjectFrame> CutAsync(ClosureItem item, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (item.Kind == ObjectKind.Content)
        {
            await foreach (var frame in CutContentAsync(item, cancellationToken))
            {
                yield return frame;
            }

            yield break;
        }

        var stored = await store.TryReadAsync(item.Id, cancellationToken) ?? throw new MissingObjectException(item.Id, "the line to be sent");
        for (var offset = 0; offset == 0 || offset < stored.Bytes.Length; offset += MaxFrameBytes)
        {
            var length = Math.Min(MaxFrameBytes, stored.Bytes.Length - offset);
            yield return Frame(item, stored.Bytes.Slice(offset, length), offset, (ulong)stored.Bytes.Length);
        }
    }

    private async IAsyncEnumerable<ObjectFrame> CutContentAsync(ClosureItem item, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var content = await store.OpenContentAsync(item.Id, cancellationToken) ?? throw new MissingObjectException(item.Id, "the line to be sent");
        var size = (ulong)content.Length;
        ulong offset = 0;
        do
        {
            var buffer = new byte[(int)Math.Min(MaxFrameBytes, size - offset)];
            await content.ReadExactlyAsync(buffer, cancellationToken);
            yield return Frame(item, buffer, offset, size);
            offset += (ulong)buffer.Length;
        }
        while (offset < size);
    }

    // The buffers are never written again, so the frame may hold them without a copy.
    private static ObjectFrame Frame(ClosureItem item, ReadOnlyMemory<byte> data, long offset, ulong size) => Frame(item, data, (ulong)offset, size);

    private static ObjectFrame Frame(ClosureItem item, ReadOnlyMemory<byte> data, ulong offset, ulong size) => new()
    {
        Id = ByteString.CopyFrom(item.Id.ToArray()),
        Kind = (uint)item.Kind,
        Data = UnsafeByteOperations.UnsafeWrap(data),
        More = offset + (ulong)data.Length < size,
        Size = offset == 0 ? size : 0,
    };
}
