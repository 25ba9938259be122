using System.Buffers;
using System.IO.Compression;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>The compressions that one side knows, by name.</summary>
internal sealed class MessageCompression
{
    // Read in steps of this size, so that a bomb is noticed at most one step after the limit.
    private const int StepSize = 64 * 1024;

    private readonly Dictionary<string, ICompressionProvider> _providers;

    public MessageCompression(IEnumerable<ICompressionProvider>? providers)
    {
        _providers = (providers ?? Defaults()).ToDictionary(provider => provider.EncodingName, StringComparer.Ordinal);
        AcceptEncoding = string.Join(',', [Names.Identity, .. _providers.Keys]);
    }

    /// <summary>Gets the value of grpc-accept-encoding.</summary>
    public string AcceptEncoding { get; }

    public static IList<ICompressionProvider> Defaults() =>
        [new GzipCompressionProvider(CompressionLevel.Fastest), new DeflateCompressionProvider(CompressionLevel.Fastest)];

    /// <summary>Returns the provider of an encoding: null for identity and none; refuses what is unknown.</summary>
    public ICompressionProvider? Find(string? encoding)
    {
        if (encoding is null or Names.Identity)
        {
            return null;
        }

        return _providers.GetValueOrDefault(encoding) ?? throw WireFaults.UnsupportedEncoding(encoding, _providers.Keys);
    }

    /// <summary>Appends the compressed form of a message to a buffer.</summary>
    public static void Compress(ICompressionProvider provider, CompressionLevel? level, ReadOnlySpan<byte> message, PooledBuffer target)
    {
        using var sink = new BufferStream(target);
        using var compressor = provider.CreateCompressionStream(sink, level);
        compressor.Write(message);
    }

    /// <summary>Decompresses a message; the limit holds for the decompressed size, whatever the compressed one.</summary>
    public static PooledBuffer Decompress(ICompressionProvider provider, in ReadOnlySequence<byte> message, int? maxLength)
    {
        var limit = maxLength ?? Array.MaxLength;
        var target = new PooledBuffer((int)Math.Min(Math.Max(message.Length * 2, 256), StepSize));
        try
        {
            using var source = new SequenceStream(message);
            using var decompressor = provider.CreateDecompressionStream(source);
            while (true)
            {
                var span = target.GetSpan();
                var read = decompressor.Read(span[..Math.Min(span.Length, StepSize)]);
                if (read == 0)
                {
                    return target;
                }

                target.Advance(read);
                if (target.Length > limit)
                {
                    throw WireFaults.ReceivedTooLarge();
                }
            }
        }
        catch (InvalidDataException e)
        {
            target.Dispose();
            throw WireFaults.Internal("The compressed message is damaged.", e);
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }
}
