using Blake3;

namespace W0rktree.Libraries.Tests.Blake3Hashing;

public sealed class HashTests
{
    [Fact]
    public void Text_is_lower_case_hexadecimal() => Assert.Equal(
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        Hash.FromBytes(Pattern.Bytes(32)).ToString());

    [Fact]
    public void Each_byte_counts_for_equality()
    {
        var hash = Hash.FromBytes(Pattern.Bytes(32));
        Assert.True(hash == Hash.FromBytes(Pattern.Bytes(32)));
        Assert.Equal(hash.GetHashCode(), Hash.FromBytes(Pattern.Bytes(32)).GetHashCode());
        for (var i = 0; i < Hash.Size; i++)
        {
            var other = hash;
            other.AsSpan()[i] ^= 0x80;
            Assert.True(hash != other);
            Assert.False(hash.Equals((object)other));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Another_length_is_refused(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Hash.FromBytes(new byte[length]));

    [Fact]
    public void The_span_writes_through()
    {
        var hash = default(Hash);
        hash.AsSpan().Fill(0xab);
        Assert.Equal(string.Concat(Enumerable.Repeat("ab", 32)), hash.ToString());
    }
}
