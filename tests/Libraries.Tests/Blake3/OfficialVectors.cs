using System.Text;
using System.Text.Json;
using Blake3;

namespace W0rktree.Libraries.Tests.Blake3Hashing;

/// <summary>The published vectors of the BLAKE3 team: three modes, extended output, 0 bytes to 100 KiB.</summary>
internal sealed record OfficialVectors(string Key, string Context, IReadOnlyList<OfficialVectors.Case> Cases)
{
    public const string File = "blake3/test_vectors.json";

    public static OfficialVectors Load()
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllText(Conformance.Find(File)!));
        var root = document.RootElement;
        return new OfficialVectors(
            root.GetProperty("key").GetString()!,
            root.GetProperty("context_string").GetString()!,
            [.. root.GetProperty("cases").EnumerateArray().Select(each => new Case(
                each.GetProperty("input_len").GetInt32(),
                Convert.FromHexString(each.GetProperty("hash").GetString()!),
                Convert.FromHexString(each.GetProperty("keyed_hash").GetString()!),
                Convert.FromHexString(each.GetProperty("derive_key").GetString()!)))]);
    }

    /// <summary>Asserts every case, at full output length and at 32 bytes, in one update and in two.</summary>
    public void AssertAll()
    {
        Assert.True(Cases.Count >= 30, $"only {Cases.Count} cases");
        foreach (var each in Cases)
        {
            var input = Pattern.Bytes(each.Length);
            AssertMode(Hasher.New, input, each.Hash);
            AssertMode(() => Hasher.NewKeyed(Encoding.ASCII.GetBytes(Key)), input, each.KeyedHash);
            AssertMode(() => Hasher.NewDeriveKey(Context), input, each.DeriveKey);
            AssertMode(() => Hasher.NewDeriveKey(Encoding.ASCII.GetBytes(Context)), input, each.DeriveKey);
            Assert.Equal(each.Hash[..Hash.Size], Hasher.Hash(input).AsSpan().ToArray());
            var output = new byte[each.Hash.Length];
            Hasher.Hash(input, output);
            Assert.Equal(each.Hash, output);
        }
    }

    private static void AssertMode(Func<Hasher> create, byte[] input, byte[] expected)
    {
        using var hasher = create();
        hasher.Update(input);
        var output = new byte[expected.Length];
        hasher.Finalize(output);
        Assert.Equal(expected, output);
        Assert.Equal(expected[..Hash.Size], hasher.Finalize().AsSpan().ToArray());

        var tail = new byte[expected.Length - 70];
        hasher.Finalize(70L, tail);
        Assert.Equal(expected[70..], tail);

        hasher.Reset();
        hasher.Update(input.AsSpan(0, input.Length / 3));
        hasher.Update(input.AsSpan(input.Length / 3));
        hasher.Finalize(output);
        Assert.Equal(expected, output);
    }

    internal sealed record Case(int Length, byte[] Hash, byte[] KeyedHash, byte[] DeriveKey);
}
