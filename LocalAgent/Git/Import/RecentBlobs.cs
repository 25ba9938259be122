using System.Numerics;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.Storage.Packs;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Keeps the blobs that were read last, against which their next versions are stored, in two halves of which the older goes. Arrays
/// are used again: memory that is touched for the first time is dearer than what is done with it. Not thread safe.
/// </summary>
internal sealed class RecentBlobs
{
    /// <summary>Of each half.</summary>
    private const long MaxBytes = 48L << 20;

    /// <summary>Larger ones are not kept for use again.</summary>
    private const int MaxArrayBytes = 16 << 20;

    private const int SmallestArrayBytes = 4096;

    private readonly Dictionary<int, Stack<byte[]>> _free = [];
    private Dictionary<GitId, Blob> _young = [];
    private Dictionary<GitId, Blob> _old = [];
    private long _bytes;

    /// <summary>Gives an array of at least some bytes; what is in it means nothing.</summary>
    public byte[] Rent(int sizeBytes)
    {
        if (sizeBytes > MaxArrayBytes)
        {
            return GC.AllocateUninitializedArray<byte>(sizeBytes);
        }

        var length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(sizeBytes, SmallestArrayBytes));
        return _free.TryGetValue(length, out var free) && free.TryPop(out var array) ? array : GC.AllocateUninitializedArray<byte>(length);
    }

    /// <summary>Takes an array back that was not added.</summary>
    public void Return(byte[] array)
    {
        if (array.Length <= MaxArrayBytes)
        {
            (_free.TryGetValue(array.Length, out var free) ? free : _free[array.Length] = new Stack<byte[]>()).Push(array);
        }
    }

    /// <summary>Finds a version that is still there.</summary>
    public OlderVersion? Find(GitId? id)
    {
        if (id is not { } known)
        {
            return null;
        }

        if (!_young.TryGetValue(known, out var blob))
        {
            if (!_old.Remove(known, out blob))
            {
                return null;
            }

            Keep(known, blob);
        }

        return new OlderVersion(blob.Content, blob.Bytes.AsMemory(0, blob.Length));
    }

    /// <summary>Keeps a blob; its array is taken over.</summary>
    public void Add(GitId id, ContentHash content, byte[] bytes, int length)
    {
        if (_bytes > MaxBytes)
        {
            foreach (var blob in _old.Values)
            {
                Return(blob.Bytes);
            }

            (_old, _young, _bytes) = (_young, [], 0);
        }

        Keep(id, new Blob(content, bytes, length));
    }

    private void Keep(GitId id, Blob blob)
    {
        _young[id] = blob;
        _bytes += blob.Bytes.Length;
    }

    private readonly record struct Blob(ContentHash Content, byte[] Bytes, int Length);
}
