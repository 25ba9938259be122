using System.IO.Compression;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeMerge;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Archiving;

/// <summary>Writes the files of one snapshot as an archive.</summary>
internal sealed class ArchiveQuery(ObjectStore store)
{
    // Level 19 takes ten times as long for a twentieth less.
    private const int ZstdLevel = 9;

    // What is larger is no text with a version in it.
    private const int MaxExpandedBytes = 16 * 1024 * 1024;

    private static readonly EntryName s_attributes = EntryName.Create(AttributeTrail.FileName).Value;

    private readonly ObjectGraph _graph = new(store);
    private readonly List<byte[]> _pendingFolders = [];
    private SubstitutedText? _substitution;
    private int _prefixBytes;
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

        _substitution = new SubstitutedText(id, snapshot);
        _prefixBytes = prefix.Length;
        await using (archive)
        {
            if (start is null)
            {
                await AddAllAsync(archive, prefix, snapshot.Root, AttributeTrail.Empty, cancellationToken);
            }
            else
            {
                await AddAsync(archive, [.. prefix, .. path.Bytes], start, await TrailAsync(snapshot.Root, path, cancellationToken), cancellationToken);
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

    private async Task AddAllAsync(IArchiveFormat archive, byte[] prefix, ContentHash directory, AttributeTrail above, CancellationToken cancellationToken)
    {
        var read = await _graph.ReadDirectoryAsync(directory, cancellationToken);
        var trail = await WithAsync(above, read, prefix.Length - _prefixBytes, cancellationToken);
        _hidden += read.SealedDigests.Length;
        foreach (var entry in read.Entries)
        {
            await AddAsync(archive, [.. prefix, .. entry.Name.Bytes], entry, trail, cancellationToken);
        }

        if (read.Entries.IsEmpty)
        {
            await AddPendingAsync(archive, cancellationToken);
        }
    }

    private async Task AddAsync(IArchiveFormat archive, byte[] name, DirectoryEntry entry, AttributeTrail trail, CancellationToken cancellationToken)
    {
        var isLeftOut = trail.IsSet("export-ignore", name.AsSpan(_prefixBytes), !entry.Kind.HasContent);
        if (entry.Kind == EntryKind.Directory)
        {
            if (!isLeftOut)
            {
                _pendingFolders.Add(name);
                await AddAllAsync(archive, [.. name, (byte)'/'], entry.Hash, trail, cancellationToken);
                _ = _pendingFolders.Remove(name);
            }

            return;
        }

        // As with git: a folder that holds files is there, even where all of them are left out; one of left out folders is not.
        await AddPendingAsync(archive, cancellationToken);
        if (isLeftOut)
        {
            return;
        }

        if (!entry.Kind.HasContent)
        {
            await archive.AddAsync(ArchiveItemKind.Folder, name, 0, Stream.Null, cancellationToken);
            return;
        }

        var kind = entry.Kind switch
        {
            EntryKind.Executable => ArchiveItemKind.Executable,
            EntryKind.Symlink => ArchiveItemKind.Symlink,
            _ => ArchiveItemKind.File,
        };
        await using var content = await store.OpenContentAsync(entry.Hash, cancellationToken) ?? throw new MissingObjectException(entry.Hash, "wt archive");
        if (entry.Kind.IsFile && content.Length <= MaxExpandedBytes && trail.IsSet("export-subst", name.AsSpan(_prefixBytes), isDirectory: false))
        {
            var text = new byte[content.Length];
            await content.ReadExactlyAsync(text, cancellationToken);
            var expanded = _substitution!.Expand(text);
            await archive.AddAsync(kind, name, expanded.Length, new MemoryStream(expanded), cancellationToken);
        }
        else
        {
            await archive.AddAsync(kind, name, content.Length, content, cancellationToken);
        }

        _files++;
    }

    private async ValueTask AddPendingAsync(IArchiveFormat archive, CancellationToken cancellationToken)
    {
        foreach (var folder in _pendingFolders)
        {
            await archive.AddAsync(ArchiveItemKind.Folder, folder, 0, Stream.Null, cancellationToken);
        }

        _pendingFolders.Clear();
    }

    /// <summary>Gives what is said on the way to a path.</summary>
    private async ValueTask<AttributeTrail> TrailAsync(ContentHash root, TreePath path, CancellationToken cancellationToken)
    {
        var trail = AttributeTrail.Empty;
        var (at, start) = (root, 0);
        foreach (var name in path.Names())
        {
            var read = await _graph.ReadDirectoryAsync(at, cancellationToken);
            trail = await WithAsync(trail, read, start, cancellationToken);
            start += name.Bytes.Length + 1;
            at = read.Find(name) is { Kind: EntryKind.Directory } below ? below.Hash : at;
        }

        return trail;
    }

    private async ValueTask<AttributeTrail> WithAsync(AttributeTrail trail, DirectoryObject directory, int start, CancellationToken cancellationToken) =>
        directory.Find(s_attributes) is { Kind.IsFile: true } file && await store.ReadAsync(file.Hash, AttributeTrail.MaxFileBytes, cancellationToken) is { } text
            ? trail.With(text.Span, start)
            : trail;
}
