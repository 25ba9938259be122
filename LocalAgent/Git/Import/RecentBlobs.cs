using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Packs;
using W0rktree.Storage.Packs;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Keeps the blobs that were read last, against which their next versions are stored, in two halves of which the older goes. Not thread
/// safe.
/// </summary>
/// <param name="room">Where arrays come from and go back to.</param>
/// <param name="maxBytes">Of each half.</param>
internal sealed class RecentBlobs(ArrayRoom room, long maxBytes)
{
    private Dictionary<GitId, Blob> _young = [];
    private Dictionary<GitId, Blob> _old = [];
    private long _bytes;

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
        if (_bytes > maxBytes)
        {
            foreach (var blob in _old.Values)
            {
                room.Return(blob.Bytes);
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
