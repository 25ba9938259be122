using System.Text;
using Blake3;

namespace W0rktree.Libraries.Tests.Blake3Hashing;

/// <summary>What the b3sum program said (record.sh), for machines without the published vectors and for longer inputs.</summary>
internal static class RecordedVectors
{
    public static void AssertAll()
    {
        var lines = Read("b3sum.txt");
        Assert.Equal(48, lines.Length);
        foreach (var line in lines)
        {
            var input = Pattern.Bytes(int.Parse(line[0]));
            Assert.Equal(line[1], Hasher.Hash(input).ToString());
            using var hasher = Hasher.New();
            hasher.UpdateWithJoin(input);
            Assert.Equal(line[1], hasher.Finalize().ToString());
        }

        var modes = Read("b3sum-modes.txt");
        Assert.Equal(11, modes.Length);
        foreach (var line in modes)
        {
            var input = Pattern.Bytes(int.Parse(line[0]));
            using var keyed = Hasher.NewKeyed(Encoding.ASCII.GetBytes("whats the Elvish word for friend"));
            Assert.Equal(line[1], Extended(keyed, input));
            using var derived = Hasher.NewDeriveKey("W0rktree 2025-01-01 test context");
            Assert.Equal(line[2], Extended(derived, input));
        }
    }

    private static string Extended(Hasher hasher, byte[] input)
    {
        hasher.Update(input);
        var output = new byte[131];
        hasher.Finalize(output);
        return Convert.ToHexStringLower(output);
    }

    private static string[][] Read(string file) =>
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Blake3", "Recorded", file)).Select(line => line.Split(' '))];
}
