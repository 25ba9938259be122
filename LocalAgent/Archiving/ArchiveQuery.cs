using System.IO.Compression;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Archiving;

/// <summary>Writes the files of one snapshot as an archive.</summary>
internal sealed class ArchiveQuery(ObjectStore store)
{
    // Level 19 takes ten times as long for a twentieth less.
    private const int ZstdLevel = 9;

    private readonly ObjectGraph _graph = new(store);
    private int _files;
    private int _hidden;

    /// <summary>Writes, and tells what is in it.</summary>
    /// <param name="id">The snapshot.</param>
    /// <param name="path">Only what is at or below this path.</param>
    /// <param name="format">How.</param>
    /// <param name="prefix">What stands before each name.</param>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Result<ArchiveResult>> RunAsync(SnapshotId id, TreePath path, string format, byte[] prefix, PieceStream output, CancellationToken cancellationToken)
    {
        var snapshot = await _graph.ReadSnapshotAsync(id, cancellationToken);
        var start = path.IsRoot ? null : await _graph.FindAsync(snapshot.Root, path, cancellationToken);
        if (!path.IsRoot && start is null)
        {
            return new Error(ErrorCodes.UnknownPath, $"Snapshot {id.ToShortString()} has nothing at '{path}'.", "'wt show' lists what a snapshot changed.");
        }

        if (await BeginAsync(format, output, snapshot.Time.UnixMilliseconds / 1000, cancellationToken) is not { } archive)
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{format}' is no format of archives.", "There are tar, tar.gz, tar.zst and zip.");
        }

        await using (archive)
        {
            if (start is null)
            {
                await AddAllAsync(archive, prefix, snapshot.Root, cancellationToken);
            }
            else
            {
                await AddAsync(archive, [.. prefix, .. path.Bytes], start, cancellationToken);
            }

            await archive.FinishAsync(cancellationToken);
        }

        await output.SendAsync(cancellationToken);
        return new ArchiveResult(id.ToString(), _files, output.Total, _hidden);
    }

    private static async ValueTask<IArchiveFormat?> BeginAsync(string format, PieceStream output, long seconds, CancellationToken cancellationToken) => format switch
    {
        "tar" => new TarFormat(output, seconds),
        "tar.gz" => new TarFormat(new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true), seconds),
        "tar.zst" => new TarFormat(new ZstdSharp.CompressionStream(output, ZstdLevel, leaveOpen: true), seconds),
        "zip" => await ZipFormat.BeginAsync(output, seconds, cancellationToken),
        _ => null,
    };

    private async Task AddAllAsync(IArchiveFormat archive, byte[] prefix, ContentHash directory, CancellationToken cancellationToken)
    {
        var read = await _graph.ReadDirectoryAsync(directory, cancellationToken);
        _hidden += read.SealedDigests.Length;
        foreach (var entry in read.Entries)
        {
            await AddAsync(archive, [.. prefix, .. entry.Name.Bytes], entry, cancellationToken);
        }
    }

    private async Task AddAsync(IArchiveFormat archive, byte[] name, DirectoryEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.Kind.HasContent)
        {
            await archive.AddAsync(ArchiveItemKind.Folder, name, 0, Stream.Null, cancellationToken);
            if (entry.Kind == EntryKind.Directory)
            {
                await AddAllAsync(archive, [.. name, (byte)'/'], entry.Hash, cancellationToken);
            }

            return;
        }

        var kind = entry.Kind switch
        {
            EntryKind.Executable => ArchiveItemKind.Executable,
            EntryKind.Symlink => ArchiveItemKind.Symlink,
            _ => ArchiveItemKind.File,
        };
        await using var content = await store.OpenContentAsync(entry.Hash, cancellationToken) ?? throw new MissingObjectException(entry.Hash, "wt archive");
        await archive.AddAsync(kind, name, content.Length, content, cancellationToken);
        _files++;
    }
}
