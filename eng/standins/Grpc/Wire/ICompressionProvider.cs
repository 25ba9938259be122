using System.IO.Compression;

namespace Grpc.Net.Compression;

/// <summary>A compression that messages can be sent in.</summary>
public interface ICompressionProvider
{
    /// <summary>Gets the name in grpc-encoding.</summary>
    string EncodingName { get; }

    /// <summary>Creates a stream that compresses what is written and writes it to another.</summary>
    Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel);

    /// <summary>Creates a stream that decompresses what it reads from another.</summary>
    Stream CreateDecompressionStream(Stream stream);
}

/// <summary>Compression by gzip.</summary>
public sealed class GzipCompressionProvider : ICompressionProvider
{
    private readonly CompressionLevel _level;

    /// <summary>Creates a provider with the level of messages that ask for none.</summary>
    public GzipCompressionProvider(CompressionLevel defaultCompressionLevel) => _level = defaultCompressionLevel;

    /// <inheritdoc />
    public string EncodingName => "gzip";

    /// <inheritdoc />
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        new GZipStream(stream, compressionLevel ?? _level, leaveOpen: true);

    /// <inheritdoc />
    public Stream CreateDecompressionStream(Stream stream) => new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
}

/// <summary>Compression by deflate, in the zlib format as the specification has it.</summary>
public sealed class DeflateCompressionProvider : ICompressionProvider
{
    private readonly CompressionLevel _level;

    /// <summary>Creates a provider with the level of messages that ask for none.</summary>
    public DeflateCompressionProvider(CompressionLevel defaultCompressionLevel) => _level = defaultCompressionLevel;

    /// <inheritdoc />
    public string EncodingName => "deflate";

    /// <inheritdoc />
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        new ZLibStream(stream, compressionLevel ?? _level, leaveOpen: true);

    /// <inheritdoc />
    public Stream CreateDecompressionStream(Stream stream) => new ZLibStream(stream, CompressionMode.Decompress, leaveOpen: true);
}
