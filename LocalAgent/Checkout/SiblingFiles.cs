using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Checkout;

/// <summary>
/// Files of the other working copies of a store, by what they hold: a new copy shares their blocks where the file system can
/// (reflink), and costs neither the time nor the room of writing them. What it gives is checked against the facts by which the
/// other copy's index knows the file, before and after. Thread-safe once made.
/// </summary>
internal sealed class SiblingFiles
{
    /// <summary>Smaller files are written: they fill little, and sharing one takes more calls than making it in its place.</summary>
    public const int LeastBytes = 64 * 1024;

    /// <summary>After so many in a row that could not be shared, the file system cannot.</summary>
    private const int MostRefusals = 3;

    private readonly Dictionary<ContentHash, Known> _files = [];
    private int _refusals;

    private SiblingFiles()
    {
    }

    /// <summary>Looks through the indexes of copies, each in its own turn; those that are not ready are left out.</summary>
    public static async Task<SiblingFiles> OfAsync(IEnumerable<OpenCopy> copies, CancellationToken cancellationToken)
    {
        var found = new SiblingFiles();
        foreach (var copy in copies.Where(static copy => copy.Ready.Task.IsCompletedSuccessfully))
        {
            try
            {
                using var turn = await copy.Turns.TakeAsync(cancellationToken);
                found.Add(copy);
            }
            catch (ObjectDisposedException)
            {
                // It was closed meanwhile.
            }
        }

        return found;
    }

    /// <summary>Makes a file of one with this content; null where there is none, or it cannot be shared.</summary>
    public FileStamp? TryPlace(IWorkingDirectory into, TreePath path, EntryKind kind, ContentHash content)
    {
        if (_refusals >= MostRefusals || !_files.TryGetValue(content, out var known))
        {
            return null;
        }

        using var file = known.Open();
        if (file is null || file.Opened != known.Entry)
        {
            return null;
        }

        var placed = into.Share(path, kind, file);
        Interlocked.Exchange(ref _refusals, placed is null ? _refusals + 1 : 0);
        return placed;
    }

    private void Add(OpenCopy copy)
    {
        foreach (var node in copy.Index.Files())
        {
            if (node is { Racy: false, Work: { } work, Found: { } there } && work.Kind.IsFile && there.Stamp.SizeBytes >= LeastBytes)
            {
                _files.TryAdd(work.Hash, new Known(copy.Files, node.Path, there));
            }
        }
    }

    /// <summary>A file as an index knows it.</summary>
    private sealed record Known(IWorkingDirectory Files, TreePath Path, FoundEntry Entry)
    {
        public IOpenFile? Open()
        {
            try
            {
                return Files.Open(Path);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return null; // Its copy was closed, or the file may no longer be read: the content is in the store all the same.
            }
        }
    }
}
