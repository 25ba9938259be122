using System.Globalization;
using System.Text;

namespace W0rktree.LocalAgent.Archiving;

/// <summary>
/// Writes tar: POSIX.1-1988 ustar headers, with GNU's extra items for names and targets over 100 bytes and base-256 numbers for sizes over
/// 8 GiB. Names are the bytes that the snapshot has.
/// </summary>
internal sealed class TarFormat(Stream output, long seconds) : IArchiveFormat
{
    private const int BlockBytes = 512;

    /// <summary>Archives end on a multiple of this, as tar has written them to tapes.</summary>
    private const int RecordBytes = 20 * BlockBytes;

    private const int NameBytes = 100;
    private const long MaxOctalSize = (1L << 33) - 1;

    private static readonly byte[] s_longName = "././@LongLink"u8.ToArray();
    private readonly byte[] _buffer = new byte[128 * 1024];
    private long _written;

    /// <inheritdoc/>
    public async Task AddAsync(ArchiveItemKind kind, ReadOnlyMemory<byte> name, long sizeBytes, Stream content, CancellationToken cancellationToken)
    {
        if (kind == ArchiveItemKind.Folder)
        {
            name = Join(name, "/"u8.ToArray());
        }

        ReadOnlyMemory<byte> target = ReadOnlyMemory<byte>.Empty;
        if (kind == ArchiveItemKind.Symlink)
        {
            var bytes = new byte[sizeBytes];
            await content.ReadExactlyAsync(bytes, cancellationToken);
            (target, sizeBytes) = (bytes, 0);
        }

        await AddLongAsync((byte)'K', target, cancellationToken);
        await AddLongAsync((byte)'L', name, cancellationToken);
        var (type, mode) = kind switch
        {
            ArchiveItemKind.Folder => ((byte)'5', 0x1ED),
            ArchiveItemKind.Symlink => ((byte)'2', 0x1FF),
            ArchiveItemKind.Executable => ((byte)'0', 0x1ED),
            _ => ((byte)'0', 0x1A4),
        };
        await WriteAsync(Header(name, target, type, mode, sizeBytes, seconds), cancellationToken);
        await CopyAsync(content, sizeBytes, cancellationToken);
        await PadAsync(BlockBytes, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(new byte[2 * BlockBytes], cancellationToken);
        await PadAsync(RecordBytes, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => output.DisposeAsync();

    private async Task AddLongAsync(byte type, ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        if (text.Length > NameBytes)
        {
            await WriteAsync(Header(s_longName, default, type, 0, text.Length + 1, 0), cancellationToken);
            await WriteAsync(Join(text, new byte[1]), cancellationToken);
            await PadAsync(BlockBytes, cancellationToken);
        }
    }

    private static byte[] Header(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> target, byte type, int mode, long size, long time)
    {
        var header = new byte[BlockBytes];
        name.Span[..Math.Min(name.Length, NameBytes)].CopyTo(header);
        Octal(header.AsSpan(100, 8), mode);
        Octal(header.AsSpan(108, 8), 0);
        Octal(header.AsSpan(116, 8), 0);
        Number(header.AsSpan(124, 12), size);
        Number(header.AsSpan(136, 12), time);
        header.AsSpan(148, 8).Fill((byte)' ');
        header[156] = type;
        target.Span[..Math.Min(target.Length, NameBytes)].CopyTo(header.AsSpan(157));
        "ustar\0"u8.CopyTo(header.AsSpan(257));
        "00"u8.CopyTo(header.AsSpan(263));
        "root"u8.CopyTo(header.AsSpan(265));
        "root"u8.CopyTo(header.AsSpan(297));
        Octal(header.AsSpan(329, 8), 0);
        Octal(header.AsSpan(337, 8), 0);
        var sum = 0;
        foreach (var value in header)
        {
            sum += value;
        }

        Octal(header.AsSpan(148, 7), sum);
        return header;
    }

    private static void Number(Span<byte> field, long value)
    {
        if (value is >= 0 and <= MaxOctalSize)
        {
            Octal(field, value);
            return;
        }

        // GNU's base 256, big-endian; also what a time before 1970 needs.
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(field[4..], value);
        field[..4].Fill(value < 0 ? (byte)0xFF : (byte)0);
        field[0] = value < 0 ? (byte)0xFF : (byte)0x80;
    }

    private static void Octal(Span<byte> field, long value)
    {
        var digits = Convert.ToString(value, 8).PadLeft(field.Length - 1, '0');
        Encoding.ASCII.GetBytes(digits, field);
        field[^1] = 0;
    }

    private static byte[] Join(ReadOnlyMemory<byte> first, byte[] second) => [.. first.Span, .. second];

    private async Task CopyAsync(Stream content, long sizeBytes, CancellationToken cancellationToken)
    {
        for (var left = sizeBytes; left > 0;)
        {
            var count = await content.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(left, _buffer.Length)), cancellationToken);
            if (count == 0)
            {
                throw new EndOfStreamException(string.Create(CultureInfo.InvariantCulture, $"A content ended {left} bytes early."));
            }

            await WriteAsync(_buffer.AsMemory(0, count), cancellationToken);
            left -= count;
        }
    }

    private Task PadAsync(int unit, CancellationToken cancellationToken) =>
        _written % unit == 0 ? Task.CompletedTask : WriteAsync(new byte[unit - (_written % unit)], cancellationToken);

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await output.WriteAsync(bytes, cancellationToken);
        _written += bytes.Length;
    }
}
