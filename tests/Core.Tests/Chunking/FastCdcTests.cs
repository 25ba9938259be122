using System.Globalization;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.Chunking;

public sealed class FastCdcTests
{
    [Fact]
    public void Zeros_are_cut_at_the_maximum_with_the_published_hash()
    {
        FastCdc cutter = new(64, 256, 1024);

        var cuts = Cuts(cutter, new byte[10_240]);

        Assert.Equal(Enumerable.Repeat((14169102344523991076UL, 1024), 10), cuts);
    }

    // Recorded from a straightforward second implementation in another language, which also gives the published cut points.
    [Theory]
    [InlineData(1, 0UL, "1144519154190016301:8301 7097961668438976283:4673 10533928517787799036:5352 3899594907410773346:5201 17255824335441779821:5033 603799852849867164:3469 3505529339735703933:3261 5553507915222241608:4579 2522339828289296892:8261 17615549016972480754:5751 9305577402757401436:2416 6133983268368392388:1230 9069911248224504336:2473")]
    [InlineData(2, 0UL, "11422545556021004044:4460 14498785212223310740:4140 14195923336877952566:4374 10533928517787799036:5352 3899594907410773346:5201 8839020285043691242:4339 603799852849867164:4163 3505529339735703933:3261 5553507915222241608:4579 7652475186390250634:6074 16926256794153024184:2199 16356128339699973283:4143 9305577402757401436:4012 6133983268368392388:1230 9069911248224504336:2473")]
    [InlineData(1, 666UL, "11713621242968858598:4711 2683905726590264960:8529 10504727142117447408:5066 548313352746092220:4389 1180544158418095871:3685 3920707355830668827:5263 12712542005801086214:2400 5578281969080336384:4954 15873514096985929454:1900 8961605287739997530:5590 10369540461706382050:3149 13778280308456051182:5492 11376656161685700638:2586 1690212912291885912:2286")]
    [InlineData(3, 12345678901234567890UL, "10148281531337706682:4281 10864534808064754558:4128 9342458344385843288:4096 2705223032015850073:4189 15610009044626015812:4236 17408095091482429671:4987 4128310076031142267:4123 15492668931550269258:4851 5197181025218822574:4234 5293132925527655510:4134 6198712616463551488:4331 12399650422683670386:4392 9616338443974250676:4208 15508991942817259005:1171 16403452884127471250:2639")]
    public void The_recorded_cut_points_are_found_at_every_level_and_seed(int level, ulong seed, string expected)
    {
        var content = new byte[60_000];
        ulong state = 1;
        for (var i = 0; i < content.Length; i++)
        {
            state = unchecked((state * 6364136223846793005UL) + 1442695040888963407UL);
            content[i] = (byte)(state >> 56);
        }

        var cuts = Cuts(new FastCdc(1024, 4096, 16384, level, seed), content);

        Assert.Equal(expected, string.Join(' ', cuts.Select(cut => $"{cut.Item1}:{cut.Item2}")));
    }

    [FastCdcFact]
    public void The_published_cut_points_of_the_reference_implementation_are_found()
    {
        var content = File.ReadAllBytes(Path.Combine(FastCdcFactAttribute.Folder!, "SekienAkashita.jpg"));
        var rows = File.ReadAllLines(Path.Combine(FastCdcFactAttribute.Folder!, "sekien-akashita.tsv")).Skip(1).Where(row => row.Length > 0).ToArray();
        Assert.True(rows.Length >= 6);
        foreach (var row in rows)
        {
            var fields = row.Split('\t');
            FastCdc cutter = new(Number(fields[3]), Number(fields[4]), Number(fields[5]), Number(fields[1]), ulong.Parse(fields[2], CultureInfo.InvariantCulture));
            var expected = fields[6].Split(' ').Select(chunk => (ulong.Parse(chunk.Split(':')[0], CultureInfo.InvariantCulture), Number(chunk.Split(':')[1])));

            Assert.Equal(expected, Cuts(cutter, content));
        }
    }

    [FastCdcFact]
    public void The_chunks_of_the_published_cut_points_have_the_published_hashes()
    {
        var content = File.ReadAllBytes(Path.Combine(FastCdcFactAttribute.Folder!, "SekienAkashita.jpg"));
        foreach (var row in File.ReadAllLines(Path.Combine(FastCdcFactAttribute.Folder!, "blake3-of-default-chunks.tsv")).Skip(1).Where(row => row.Length > 0))
        {
            var fields = row.Split('\t');
            Assert.Equal(fields[2], ContentHash.OfContent(content.AsSpan(Number(fields[0]), Number(fields[1]))).ToString());
        }
    }

    [Fact]
    public void Chunks_of_random_content_keep_to_the_limits_and_the_average()
    {
        var content = Random(40 * 1024 * 1024, seed: 1);

        var lengths = Cuts(FastCdc.Standard, content).Select(cut => cut.Item2).ToArray();

        Assert.Equal(content.Length, lengths.Sum());
        Assert.All(lengths[..^1], length => Assert.InRange(length, 256 * 1024, 4 * 1024 * 1024));
        Assert.InRange(content.Length / lengths.Length, 700 * 1024, 1600 * 1024);
    }

    [Fact]
    public void An_inserted_byte_moves_only_the_cuts_around_it()
    {
        var content = Random(20 * 1024 * 1024, seed: 2);
        byte[] edited = [.. content.AsSpan(0, 5_000_000), 42, .. content.AsSpan(5_000_000)];

        var before = Chunks(content).ToHashSet();
        var after = Chunks(edited).ToArray();

        Assert.InRange(after.Count(chunk => !before.Contains(chunk)), 1, 3);
    }

    [Fact]
    public void More_than_the_longest_chunk_in_view_changes_nothing()
    {
        var content = Random(12 * 1024 * 1024, seed: 3);

        Assert.Equal(FastCdc.Standard.Cut(content.AsSpan(0, FastCdc.Standard.MaximumBytes)), FastCdc.Standard.Cut(content));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(257)]
    public void Short_content_is_cut_without_reading_past_its_end(int length)
    {
        FastCdc cutter = new(64, 256, 1024);

        Assert.InRange(cutter.Cut(Random(length, seed: length)), Math.Min(length, 64), length);
    }

    [Fact]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The published constants are made with it; it secures nothing.")]
    public void The_table_is_what_MD5_makes_of_64_equal_bytes()
    {
        var (gear, shifted) = FastCdcTables.Gear(0);
        for (var i = 0; i < gear.Length; i++)
        {
            var input = new byte[64];
            input.AsSpan().Fill((byte)i);
            Assert.Equal(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(System.Security.Cryptography.MD5.HashData(input)), gear[i]);
            Assert.Equal(unchecked(gear[i] << 1), shifted[i]);
        }
    }

    // The wide way against the narrow one; without the registers for it this compares the narrow one with itself, so it is skipped.
    [WideTheory]
    [InlineData(64, 256, 1024)]
    [InlineData(64, 4096, 70_000)]
    [InlineData(1024, 4096, 16_384)]
    [InlineData(1000, 65_536, 300_001)]
    [InlineData(4096, 65_536, 262_144)]
    [InlineData(262_144, 1_048_576, 4_194_304)]
    public void Sixty_four_bytes_at_once_give_the_cuts_and_hashes_of_two_at_once(int minimum, int average, int maximum)
    {
        for (var seed = 0; seed < 24; seed++)
        {
            var (level, key) = (seed % 4, seed % 3 == 0 ? 0UL : (ulong)seed * 0x9E3779B97F4A7C15);
            // Random, and runs in which many positions look alike.
            var content = Random(Math.Clamp(maximum * 3, 5000, 6_000_000) + (seed * 31), seed);
            if (seed % 2 == 1)
            {
                for (var i = 0; i < content.Length; i++)
                {
                    content[i] = (byte)(content[i / 96] & 3);
                }
            }

            Assert.Equal(Cuts(new FastCdc(minimum, average, maximum, level, key, wide: false), content), Cuts(new FastCdc(minimum, average, maximum, level, key, wide: true), content));
        }
    }

    [WideTheory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_length_of_the_rest_is_cut_alike(int seed)
    {
        FastCdc narrow = new(64, 16_384, 65_536, 1, 0, wide: false), wide = new(64, 16_384, 65_536, 1, 0, wide: true);
        var content = Random(1200, seed);
        for (var length = 0; length < content.Length; length++)
        {
            Assert.Equal((narrow.Cut(content.AsSpan(0, length), out var first), first), (wide.Cut(content.AsSpan(0, length), out var second), second));
        }
    }

    private static List<(ulong, int)> Cuts(FastCdc cutter, ReadOnlySpan<byte> content)
    {
        List<(ulong, int)> cuts = [];
        while (!content.IsEmpty)
        {
            var length = cutter.Cut(content, out var hash);
            cuts.Add((hash, length));
            content = content[length..];
        }

        return cuts;
    }

    private static IEnumerable<ContentHash> Chunks(byte[] content)
    {
        var at = 0;
        foreach (var (_, length) in Cuts(FastCdc.Standard, content))
        {
            yield return ContentHash.OfContent(content.AsSpan(at, length));
            at += length;
        }
    }

    private static byte[] Random(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A test on shared conformance data; skipped where the data is not beside the checkout.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FastCdcFactAttribute : FactAttribute
{
    public FastCdcFactAttribute() => Skip = Folder is null ? "../shared/conformance/fastcdc is absent: our own cases stand in for it" : null!;

    public static string? Folder { get; } = Repository.Conformance is { } root && Directory.Exists(Path.Combine(root, "fastcdc")) ? Path.Combine(root, "fastcdc") : null;
}

/// <summary>A test of what needs AVX-512 with VBMI; skipped where the processor has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WideTheoryAttribute : TheoryAttribute
{
    public WideTheoryAttribute() => Skip = WideGear.TryCreate(new ulong[256]) is null ? "the processor has no AVX-512 with VBMI: only the narrow way is used here" : null!;
}
