using System.IO.Compression;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Archiving;

/// <summary>
/// Writes zip, with Unix modes. Names are text there: bytes that are not UTF-8 stand as <c>\xNN</c>. Times go from 1980 to 2107 in steps of two
/// seconds and are UTC.
/// </summary>
internal sealed class ZipFormat : IArchiveFormat
{
    private const int FolderType = 0x4000;
    private const int FileType = 0x8000;
    private const int SymlinkType = 0xA000;
    private const int ModeShift = 16;
    private static readonly DateTimeOffset s_first = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_last = new(2107, 12, 31, 23, 59, 58, TimeSpan.Zero);

    private const int ChunkBytes = 128 * 1024;

    private readonly ZipArchive _zip;
    private readonly PieceStream _output;
    private readonly DateTimeOffset _time;
    private bool _isFinished;

    private ZipFormat(ZipArchive zip, PieceStream output, long seconds)
    {
        _zip = zip;
        _output = output;
        _time = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, s_first.ToUnixTimeSeconds(), s_last.ToUnixTimeSeconds()));
    }

    /// <summary>Begins an archive.</summary>
    public static async Task<ZipFormat> BeginAsync(PieceStream output, long seconds, CancellationToken cancellationToken) =>
        new(await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken), output, seconds);

    /// <inheritdoc/>
    public async Task AddAsync(ArchiveItemKind kind, ReadOnlyMemory<byte> name, long sizeBytes, Stream content, CancellationToken cancellationToken)
    {
        var text = PathText.Display(name.Span);
        var entry = _zip.CreateEntry(kind == ArchiveItemKind.Folder ? text + "/" : text, CompressionLevel.Optimal);
        entry.LastWriteTime = _time;
        var mode = kind switch
        {
            ArchiveItemKind.Folder => FolderType | 0x1ED,
            ArchiveItemKind.Symlink => SymlinkType | 0x1FF,
            ArchiveItemKind.Executable => FileType | 0x1ED,
            _ => FileType | 0x1A4,
        };
        entry.ExternalAttributes = unchecked(mode << ModeShift);
        if (kind != ArchiveItemKind.Folder)
        {
            await using var target = await entry.OpenAsync(cancellationToken);
            var chunk = new byte[ChunkBytes];
            while (await content.ReadAsync(chunk, cancellationToken) is > 0 and var count)
            {
                await target.WriteAsync(chunk.AsMemory(0, count), cancellationToken);
                await _output.SendWholeAsync(cancellationToken);
            }
        }

        await _output.SendWholeAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        _isFinished = true;
        await _zip.DisposeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _isFinished ? ValueTask.CompletedTask : _zip.DisposeAsync();
}
