using Blake3;

namespace W0rktree.Libraries.Tests.Blake3Hashing;

public sealed class HasherTests
{
    [ConformanceFact(OfficialVectors.File)]
    public void The_official_vectors_hold() => OfficialVectors.Load().AssertAll();

    [Fact]
    public void What_b3sum_said_holds() => RecordedVectors.AssertAll();

    [Fact]
    public void Input_in_random_pieces_hashes_as_in_one()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var turn = 0; turn < 60; turn++)
        {
            var input = Pattern.Bytes(random.Next(1, turn % 3 == 0 ? 600_000 : 20_000));
            random.NextBytes(input.AsSpan(0, Math.Min(4000, input.Length)));
            using var hasher = Hasher.New();
            for (var at = 0; at < input.Length;)
            {
                var take = Math.Min(input.Length - at, random.Next(random.Next(2) == 0 ? 100 : 40_000));
                hasher.Update(input.AsSpan(at, take));
                at += take;
            }

            Assert.True(Hasher.Hash(input) == hasher.Finalize(), $"seed {seed}, turn {turn}, {input.Length} bytes");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(3000)]
    [InlineData(256 * 1024)]
    [InlineData(777_777)]
    public void Joined_updates_hash_as_plain_ones_from_any_offset(int lead)
    {
        foreach (var length in (int[])[0, 1, 1024, 1024 * 1024, (1024 * 1024) + 1, (3 * 1024 * 1024) - 1])
        {
            var input = Pattern.Bytes(lead + length);
            using var joined = Hasher.New();
            joined.Update(input.AsSpan(0, lead));
            joined.UpdateWithJoin(input.AsSpan(lead));
            joined.UpdateWithJoin("end"u8);
            Assert.Equal(Hasher.Hash([.. input, .. "end"u8]), joined.Finalize());
        }
    }

    [Fact]
    public void Finalize_changes_nothing_and_more_input_may_follow()
    {
        using var hasher = Hasher.New();
        hasher.Update(Pattern.Bytes(5000));
        var first = hasher.Finalize();
        Assert.Equal(first, hasher.Finalize());
        hasher.Update("more"u8);
        Assert.Equal(Hasher.Hash([.. Pattern.Bytes(5000), .. "more"u8]), hasher.Finalize());
    }

    [Fact]
    public void Reset_keeps_the_key()
    {
        using var hasher = Hasher.NewKeyed(Pattern.Bytes(32));
        var empty = hasher.Finalize();
        hasher.Update(Pattern.Bytes(3000));
        Assert.NotEqual(empty, hasher.Finalize());
        hasher.Reset();
        Assert.Equal(empty, hasher.Finalize());
        Assert.NotEqual(Hasher.Hash([]), empty);
    }

    [Fact]
    public void A_key_of_another_size_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Hasher.NewKeyed(new byte[31]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Hasher.NewKeyed(new byte[33]));
        Assert.Throws<ArgumentNullException>(() => Hasher.NewDeriveKey((string)null!));
    }

    [Fact]
    public void A_disposed_hasher_refuses_everything_but_dispose()
    {
        var hasher = Hasher.New();
        hasher.Dispose();
        hasher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => hasher.Update("more"u8));
        Assert.Throws<ObjectDisposedException>(() => hasher.Finalize());
        Assert.Throws<ObjectDisposedException>(hasher.Reset);
    }

    [Fact]
    public void Values_count_as_their_bytes_in_memory()
    {
        using var hasher = Hasher.New();
        hasher.Update<ushort>([0x0201, 0x0403]);
        Assert.Equal(Hasher.Hash([1, 2, 3, 4]), hasher.Finalize());
    }
}
