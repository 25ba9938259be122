using W0rktree.Core.Identity;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.WorkingCopy.Native;

/// <summary>
/// Remembers files that a checkout replaced and whose content the store has. They stay for a while in the folder of unfinished
/// files: going back to where one came from is then a rename instead of a new file, and file systems are slow to make new files
/// where many were just deleted (docs/decisions/replaced-files.md). Thread-safe.
/// </summary>
internal sealed class ReplacedFiles
{
    /// <summary>Larger ones are not worth their place: what is saved is the making of a file, not its bytes.</summary>
    public const int MaxFileBytes = 1 << 20;

    /// <summary>As many as two switches over a tenth of a large tree replace.</summary>
    private const int MaxFiles = 20_000;

    private const long MaxBytes = 256L << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<TreePath, Kept> _kept = [];
    private readonly Queue<byte[]> _dropped = new();
    private long _bytes;

    /// <summary>Keeps a file for the path that it stood at, in place of the one that was kept for it before.</summary>
    public void Keep(TreePath path, Kept file)
    {
        lock (_gate)
        {
            if (_kept.Remove(path, out var older))
            {
                Drop(older);
            }

            if (_kept.Count >= MaxFiles || _bytes + file.Stamp.SizeBytes > MaxBytes)
            {
                _dropped.Enqueue(file.Name);
                return;
            }

            _kept[path] = file;
            _bytes += file.Stamp.SizeBytes;
        }
    }

    /// <summary>Takes out the file that is kept for a path, if it has this content. The caller puts it in place, or drops it.</summary>
    public Kept? Take(TreePath path, ContentHash content)
    {
        lock (_gate)
        {
            if (!_kept.TryGetValue(path, out var kept) || kept.Content != content)
            {
                return null;
            }

            _kept.Remove(path);
            _bytes -= kept.Stamp.SizeBytes;
            return kept;
        }
    }

    /// <summary>Lets a file go with the next <see cref="TryTakeDropped"/>.</summary>
    public void Drop(byte[] name)
    {
        lock (_gate)
        {
            _dropped.Enqueue(name);
        }
    }

    /// <summary>Lets all that is kept go.</summary>
    public void DropAll()
    {
        lock (_gate)
        {
            foreach (var kept in _kept.Values)
            {
                Drop(kept);
            }

            _kept.Clear();
        }
    }

    /// <summary>Gives the name of a file to take away.</summary>
    public bool TryTakeDropped(out byte[] name)
    {
        lock (_gate)
        {
            return _dropped.TryDequeue(out name!);
        }
    }

    private void Drop(Kept kept)
    {
        _dropped.Enqueue(kept.Name);
        _bytes -= kept.Stamp.SizeBytes;
    }

    /// <summary>A file that was replaced.</summary>
    /// <param name="Name">Its name in the folder of unfinished files.</param>
    /// <param name="Content">What it held when it was replaced.</param>
    /// <param name="Stamp">Its facts then.</param>
    internal readonly record struct Kept(byte[] Name, ContentHash Content, FileStamp Stamp);
}
