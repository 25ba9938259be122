namespace W0rktree.Storage.Tests.Faults;

/// <summary>One call that changes what is on disk. Files are told apart by number: names come and go.</summary>
internal abstract record DiskCall
{
    private DiskCall()
    {
    }

    public sealed record Create(string Path, int File) : DiskCall;

    public sealed record Write(int File, long Offset, byte[] Bytes) : DiskCall;

    public sealed record SetLength(int File, long Length) : DiskCall;

    public sealed record Sync(int File) : DiskCall;

    public sealed record Rename(string From, string To) : DiskCall;

    public sealed record Delete(string Path) : DiskCall;

    public sealed record SyncFolder(string Folder) : DiskCall;

    /// <summary>Not a call: somebody was told that everything up to a number is safe.</summary>
    public sealed record Acknowledged(int Number) : DiskCall;
}

/// <summary>How a disk treats what was not synced when power goes.</summary>
internal enum CutMode
{
    /// <summary>All of it is gone.</summary>
    Dropped,

    /// <summary>All of it is there.</summary>
    Kept,

    /// <summary>What came first is there, the last write torn in the middle; names in the order in which they changed.</summary>
    Torn,

    /// <summary>Any sectors of any writes are there, and any changes of names.</summary>
    Reordered,
}

/// <summary>Rebuilds what a disk may hold after power went at some point of a trace.</summary>
internal sealed class DiskTrace(IReadOnlyDictionary<string, byte[]> start, IReadOnlyList<DiskCall> calls)
{
    private const int SectorBytes = 512;

    public int Length => calls.Count;

    /// <summary>The highest number that was acknowledged before a point.</summary>
    public int AcknowledgedBefore(int point) => calls.Take(point).OfType<DiskCall.Acknowledged>().Select(call => call.Number).DefaultIfEmpty(0).Max();

    /// <summary>Gives the files after a cut before the call of a number.</summary>
    public Dictionary<string, byte[]> CutAt(int point, CutMode mode, Random random)
    {
        Dictionary<string, int> names = [];
        Dictionary<int, byte[]> contents = [];
        foreach (var (path, bytes) in start)
        {
            names[path] = -names.Count - 1;
            contents[names[path]] = bytes;
        }

        var done = calls.Take(point).ToArray();
        foreach (var file in done.OfType<DiskCall.Create>().Select(call => call.File).Concat(contents.Keys).Distinct().ToArray())
        {
            contents[file] = ContentOf(file, contents.GetValueOrDefault(file, []), done, mode, random);
        }

        ApplyNames(names, done, mode, random);
        return names.ToDictionary(name => name.Key, name => contents[name.Value]);
    }

    /// <summary>The number a file had when the trace began.</summary>
    public static int NumberOf(IEnumerable<string> start, string path) => -start.ToList().IndexOf(path) - 1;

    private static byte[] ContentOf(int file, byte[] content, DiskCall[] done, CutMode mode, Random random)
    {
        var synced = Array.FindLastIndex(done, call => call is DiskCall.Sync sync && sync.File == file);
        DiskCall[] pending = [.. done.Skip(synced + 1).Where(call => Concerns(call, file))];
        foreach (var call in done.Take(synced + 1).Where(call => Concerns(call, file)))
        {
            content = Apply(content, call);
        }

        var kept = mode switch { CutMode.Dropped => 0, CutMode.Torn => random.Next(pending.Length + 1), _ => pending.Length };
        for (var i = 0; i < kept; i++)
        {
            content = mode == CutMode.Reordered ? Scatter(content, pending[i], random)
                : mode == CutMode.Torn && i == kept - 1 ? Tear(content, pending[i], random)
                : Apply(content, pending[i]);
        }

        return content;
    }

    private static void ApplyNames(Dictionary<string, int> names, DiskCall[] done, CutMode mode, Random random)
    {
        Dictionary<string, int> synced = [];
        for (var i = 0; i < done.Length; i++)
        {
            if (done[i] is DiskCall.SyncFolder folder)
            {
                synced[folder.Folder] = i;
            }
        }

        // A folder's own order: how far it came is drawn once for each.
        Dictionary<string, int> reached = [];
        for (var i = 0; i < done.Length; i++)
        {
            if (FolderOf(done[i]) is not { } folder)
            {
                continue;
            }

            if (!reached.TryGetValue(folder, out var end))
            {
                reached[folder] = end = random.Next(synced.GetValueOrDefault(folder, -1) + 1, done.Length + 1);
            }

            var isDurable = i < synced.GetValueOrDefault(folder, -1);
            if (isDurable || mode == CutMode.Kept || (mode == CutMode.Torn && i < end) || (mode == CutMode.Reordered && random.Next(2) == 0))
            {
                ApplyName(names, done[i]);
            }
        }
    }

    private static void ApplyName(Dictionary<string, int> names, DiskCall call)
    {
        switch (call)
        {
            case DiskCall.Create create:
                names[create.Path] = create.File;
                break;
            case DiskCall.Rename rename when names.Remove(rename.From, out var moved):
                names[rename.To] = moved;
                break;
            case DiskCall.Delete delete:
                names.Remove(delete.Path);
                break;
            default:
                // Renaming what never came to be: nothing.
                break;
        }
    }

    private static string? FolderOf(DiskCall call) => call switch
    {
        DiskCall.Create create => Path.GetDirectoryName(create.Path),
        DiskCall.Rename rename => Path.GetDirectoryName(rename.To),
        DiskCall.Delete delete => Path.GetDirectoryName(delete.Path),
        _ => null,
    };

    private static bool Concerns(DiskCall call, int file) =>
        (call is DiskCall.Write write && write.File == file) || (call is DiskCall.SetLength length && length.File == file);

    private static byte[] Apply(byte[] content, DiskCall call)
    {
        if (call is DiskCall.SetLength length)
        {
            var resized = new byte[length.Length];
            content.AsSpan(0, (int)Math.Min(content.Length, length.Length)).CopyTo(resized);
            return resized;
        }

        var write = (DiskCall.Write)call;
        return Put(content, write.Offset, write.Bytes);
    }

    private static byte[] Tear(byte[] content, DiskCall call, Random random) => call is DiskCall.Write write
        ? Put(content, write.Offset, write.Bytes.AsSpan(0, random.Next(write.Bytes.Length + 1)))
        : content;

    // Sectors reach the disk one by one; the length may already count those that did not, which then read as zeros.
    private static byte[] Scatter(byte[] content, DiskCall call, Random random)
    {
        if (call is not DiskCall.Write write)
        {
            return random.Next(2) == 0 ? Apply(content, call) : content;
        }

        for (long at = write.Offset, end = write.Offset + write.Bytes.Length; at < end;)
        {
            var next = Math.Min(end, ((at / SectorBytes) + 1) * SectorBytes);
            if (random.Next(2) == 0)
            {
                content = Put(content, at, write.Bytes.AsSpan((int)(at - write.Offset), (int)(next - at)));
            }

            at = next;
        }

        return random.Next(4) == 0 ? Put(content, write.Offset + write.Bytes.Length, []) : content;
    }

    private static byte[] Put(byte[] content, long offset, ReadOnlySpan<byte> bytes)
    {
        var result = new byte[Math.Max(content.Length, offset + bytes.Length)];
        content.CopyTo(result, 0);
        bytes.CopyTo(result.AsSpan((int)offset));
        return result;
    }
}
