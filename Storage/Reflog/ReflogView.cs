using System.Collections.Immutable;
using W0rktree.Storage.Files;

namespace W0rktree.Storage.Reflog;

/// <summary>
/// The log of every operation of a store, chained by hash, newest first. Entries are read as they are asked for. Thread safe.
/// </summary>
public sealed class ReflogView
{
    private readonly Lock _gate = new();
    private readonly string _storePath;
    private volatile ReflogFile _file;
    private ReflogFile? _before;
    private ImmutableList<ReflogEntry> _tail = [];
    private List<byte[]> _tailBytes = [];
    private long _fileLength;

    internal ReflogView(ReflogFile file, ReflogMark mark, string storePath)
    {
        (_file, _fileLength, _storePath) = (file, mark.LengthBytes, storePath);
        Head = new ReflogHead(mark.Sequence, mark.Hash);
    }

    /// <summary>The newest entry.</summary>
    public ReflogHead Head { get; private set; }

    /// <summary>The last entry that was pruned; zero when the log is whole.</summary>
    public ReflogHead Pruned => _file.Pruned;

    /// <summary>
    /// Gives the entries newest first, down to the pruned beginning. Each entry's hash, and its place in the chain, is checked.
    /// </summary>
    /// <exception cref="InvalidDataException">An entry is damaged or the chain is broken there.</exception>
    public IEnumerable<ReflogEntry> NewestFirst()
    {
        ImmutableList<ReflogEntry> tail;
        ReflogFile file;
        long end;
        ReflogHead expected;
        lock (_gate)
        {
            (tail, file, end, expected) = (_tail, _file, _fileLength, Head);
        }

        for (var i = tail.Count - 1; i >= 0; i--)
        {
            yield return Next(tail[i], ref expected, $"{_storePath}: reflog in the journal");
        }

        while (end > ReflogFile.HeaderBytes)
        {
            var entry = file.ReadBefore(end, out var start);
            yield return Next(entry, ref expected, $"{file.Path} before offset {end}");
            end = start;
        }

        if (expected != file.Pruned)
        {
            throw new InvalidDataException($"{file.Path}: the reflog begins after entry {expected.Sequence}, not after {file.Pruned.Sequence}.");
        }
    }

    /// <summary>Finds an entry by number; null when it was pruned or never was.</summary>
    public ReflogEntry? Find(ulong sequence) =>
        NewestFirst().TakeWhile(entry => entry.Sequence >= sequence).FirstOrDefault(entry => entry.Sequence == sequence);

    internal void Add(ReflogEntry entry, byte[] bytes)
    {
        lock (_gate)
        {
            _tail = _tail.Add(entry);
            _tailBytes.Add(bytes);
            Head = new ReflogHead(entry.Sequence, entry.Hash);
        }
    }

    /// <summary>Moves the entries of closed segments into the file. Called by the commit loop alone.</summary>
    internal ReflogMark MoveTailToFile()
    {
        if (_tailBytes.Count > 0)
        {
            var length = _file.Append(_fileLength, _tailBytes);
            lock (_gate)
            {
                // A reader that began before goes on with the old tail and the old end of the file.
                (_tail, _tailBytes, _fileLength) = ([], [], length);
            }
        }

        return new ReflogMark(_file.Number, _fileLength, Head.Sequence, Head.Hash);
    }

    /// <summary>
    /// Puts a file without the entries up to a number in the place of the one that is there, which a checkpoint may still need.
    /// Nothing may be in the tail. Called by the commit loop alone.
    /// </summary>
    internal ReflogPruning Prune(IStoreFiles files, string folder, ulong upTo)
    {
        var from = StartAfter(upTo, out var last);
        if (last.Sequence == _file.Pruned.Sequence)
        {
            return new ReflogPruning(0, _file.Pruned);
        }

        var entries = _file.ReadAll(from, _fileLength);
        var shorter = ReflogFile.Create(files, folder, _file.Number + 1, last, entries);
        var gone = last.Sequence - _file.Pruned.Sequence;
        lock (_gate)
        {
            // A reader that began before goes on in the old file, which stays open until the next one is replaced.
            _before?.Dispose();
            (_before, _file, _fileLength) = (_file, shorter, ReflogFile.HeaderBytes + entries.Length);
        }

        return new ReflogPruning(gone, last);
    }

    internal void Close()
    {
        _before?.Dispose();
        _file.Dispose();
    }

    // Every entry on the way is verified, so that no damage is carried along unseen.
    private long StartAfter(ulong upTo, out ReflogHead last)
    {
        var (end, expected) = (_fileLength, Head);
        while (end > ReflogFile.HeaderBytes && expected.Sequence > upTo)
        {
            var entry = _file.ReadBefore(end, out var start);
            _ = Next(entry, ref expected, $"{_file.Path} before offset {end}");
            end = start;
        }

        last = expected;
        return end;
    }

    private static ReflogEntry Next(ReflogEntry? entry, ref ReflogHead expected, string where)
    {
        if (entry is null || entry.Sequence != expected.Sequence || entry.Hash != expected.Hash)
        {
            throw new InvalidDataException($"{where}: entry {expected.Sequence} of the reflog is damaged.");
        }

        expected = new ReflogHead(entry.Sequence - 1, entry.Previous);
        return entry;
    }
}
