using System.Buffers;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>What came of reading a file.</summary>
internal abstract record ReadOutcome
{
    private ReadOutcome()
    {
    }

    /// <summary>The content, all of one moment.</summary>
    /// <param name="Hash">Its id.</param>
    /// <param name="Found">The file's facts at that moment.</param>
    /// <param name="Racy">Whether a later write could have left the same facts.</param>
    internal sealed record Read(ContentHash Hash, FoundEntry Found, bool Racy) : ReadOutcome;

    /// <summary>There is no file any more.</summary>
    internal sealed record Gone : ReadOutcome;

    /// <summary>Somebody is writing it: half a save is not read.</summary>
    internal sealed record Unsettled : ReadOutcome;

    /// <summary>It cannot be read, and why.</summary>
    internal sealed record Unreadable(string Problem) : ReadOutcome;
}

/// <summary>Reads files so that what is read is the content of one moment, or says that it was not to be had.</summary>
/// <remarks>
/// A file is looked at before and after; where anything about it moved, the read does not count. Times of a file system move
/// in ticks, so a file that was written within the last tick may be written again without looking different: such a file is
/// left for a moment, or, when the caller insists, marked racy. Thread-safe.
/// </remarks>
/// <param name="files">The files.</param>
/// <param name="cutting">Up to which size a file is read in one piece; larger ones are streamed, and stored in chunks.</param>
/// <param name="settle">How long a file must have been left alone, where that is more than the tick.</param>
/// <param name="largeRead">Hears how many bytes each read of a larger file brought.</param>
internal sealed class SettledReader(IWorkingDirectory files, CuttingRules cutting, TimeSpan settle = default, Action<int>? largeRead = null)
{
    /// <summary>Longer than the tick of any kernel's coarse clock (10 ms at 100 Hz), with room for scheduling.</summary>
    internal const long TickNs = 25_000_000;

    /// <summary>A change time so far ahead comes from another machine's clock; waiting for it would never end.</summary>
    private const long ForeignClockNs = 2_000_000_000;

    private readonly long _settleNs = Math.Max(TickNs, settle.Ticks * 100);

    /// <summary>Reads a file or symlink and writes its content where a writer is given.</summary>
    public async ValueTask<ReadOutcome> ReadAsync(TreePath path, FoundKind kind, StoreTransaction? writer, bool insist, CancellationToken cancellationToken)
    {
        using var folder = files.OpenFolder(path.Parent);
        return await ReadAsync(folder, path.Name, kind, null, writer, insist, cancellationToken);
    }

    /// <summary>Reads a file or symlink of an open directory that was found there as told.</summary>
    public ValueTask<ReadOutcome> ReadAsync(IOpenFolder folder, EntryName name, FoundEntry found, StoreTransaction? writer, bool insist, CancellationToken cancellationToken) =>
        ReadAsync(folder, name, found.Kind, found, writer, insist, cancellationToken);

    private async ValueTask<ReadOutcome> ReadAsync(
        IOpenFolder folder, EntryName name, FoundKind kind, FoundEntry? found, StoreTransaction? writer, bool insist, CancellationToken cancellationToken)
    {
        try
        {
            if (found is { } known && kind != FoundKind.Symlink && ReadAsFound(folder, name, known, writer, cancellationToken) is { } hash)
            {
                return new ReadOutcome.Read(hash, known, Racy: false);
            }

            return kind == FoundKind.Symlink
                ? await ReadLinkAsync(folder.Path.Append(name), writer, cancellationToken)
                : await ReadFileAsync(folder, name, writer, insist, cancellationToken);
        }
        catch (IOException e)
        {
            return new ReadOutcome.Unreadable(e.Message);
        }
    }

    private async ValueTask<ReadOutcome> ReadLinkAsync(TreePath path, StoreTransaction? writer, CancellationToken cancellationToken)
    {
        // A symlink cannot be rewritten in place: the same inode and times mean the same target.
        var before = files.Look(path);
        var target = files.ReadLink(path);
        if (before is not { Kind: FoundKind.Symlink } found || target is null)
        {
            return new ReadOutcome.Gone();
        }

        if (files.Look(path) != before || (settle > TimeSpan.Zero && IsYounger(found.Stamp, _settleNs)))
        {
            return new ReadOutcome.Unsettled();
        }

        var hash = ContentHash.OfContent(target);
        if (writer is not null)
        {
            await writer.WriteAsync(ObjectKind.Content, hash, target, cancellationToken);
        }

        return new ReadOutcome.Read(hash, found, Racy: false);
    }

    private async ValueTask<ReadOutcome> ReadFileAsync(IOpenFolder folder, EntryName name, StoreTransaction? writer, bool insist, CancellationToken cancellationToken)
    {
        using var file = folder.Open(name);
        if (file is null)
        {
            return new ReadOutcome.Gone();
        }

        var before = file.Opened;
        var racy = IsYounger(before.Stamp, TickNs);
        if (!insist && IsYounger(before.Stamp, _settleNs))
        {
            return new ReadOutcome.Unsettled();
        }

        var hash = before.Stamp.SizeBytes > cutting.ThresholdBytes
            ? await ReadLargeAsync(file, before.Stamp.SizeBytes, writer, cancellationToken)
            : ReadWhole(file, before, writer, cancellationToken);
        return hash is { } id && (before.Stamp.SizeBytes <= cutting.ThresholdBytes || file.Look() == before) ? new ReadOutcome.Read(id, before, racy) : new ReadOutcome.Unsettled();
    }

    /// <summary>
    /// Reads a file that is as it was found, which took its place and its time before: one look, after the read, is enough. Null where it
    /// is otherwise, too young or too large for that.
    /// </summary>
    private ContentHash? ReadAsFound(IOpenFolder folder, EntryName name, FoundEntry found, StoreTransaction? writer, CancellationToken cancellationToken)
    {
        if (found.Stamp.SizeBytes > cutting.ThresholdBytes || IsYounger(found.Stamp, _settleNs) || found.Stamp.ChangedNs > files.NowNs)
        {
            return null;
        }

        var size = (int)found.Stamp.SizeBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        try
        {
            var content = buffer.AsSpan(0, size);
            return !folder.TryRead(name, found, content) ? null : writer?.WriteWholeContent(content, cancellationToken) ?? ContentHash.OfContent(content);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Looks again before it hashes and stores, so that only a large file that moved can leave garbage.</summary>
    private static ContentHash? ReadWhole(IOpenFile file, FoundEntry before, StoreTransaction? writer, CancellationToken cancellationToken)
    {
        var size = (int)before.Stamp.SizeBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        try
        {
            var content = buffer.AsSpan(0, size);
            return file.Read(content, 0) != size || file.Look() != before ? null
                : writer?.WriteWholeContent(content, cancellationToken) ?? ContentHash.OfContent(content);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What a file that moved meanwhile leaves in the transaction is garbage that no snapshot names.</summary>
    private async ValueTask<ContentHash?> ReadLargeAsync(IOpenFile file, long sizeBytes, StoreTransaction? writer, CancellationToken cancellationToken)
    {
        using var content = new OpenFileStream(file, largeRead);
        if (writer is not null)
        {
            var written = await writer.WriteContentAsync(content, cutting, cancellationToken);
            return written.SizeBytes == sizeBytes ? written.Id : null;
        }

        using var hasher = Blake3.Hasher.New();
        var buffer = ArrayPool<byte>.Shared.Rent(1024 * 1024);
        try
        {
            for (int count; (count = content.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hasher.Update(buffer.AsSpan(0, count));
            }

            return content.Position == sizeBytes ? ContentHash.FromBytes(hasher.Finalize().AsSpan()) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool IsYounger(FileStamp stamp, long limitNs)
    {
        // The change time, which no program can set, tells the last write on the file system's own clock.
        var age = files.NowNs - stamp.ChangedNs;
        return age < limitNs && age > -ForeignClockNs;
    }
}
