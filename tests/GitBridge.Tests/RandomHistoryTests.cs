using System.Globalization;
using System.Text;
using W0rktree.GitBridge.Tests.Support;
using W0rktree.LocalAgent.Git.Import;

namespace W0rktree.GitBridge.Tests;

/// <summary>Histories that nobody thought of, made by <c>git fast-import</c> from a seed.</summary>
public sealed class RandomHistoryTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task A_random_history_comes_back_in_one_import_or_in_two(int seed, bool forgets)
    {
        await using var bridge = await Bridge.CreateAsync(forgets ? new ImportMemory(0, 0) : ImportMemory.Usual);
        var git = bridge.Repository("from.git");
        git.Feed(Stream(seed, 60), "fast-import", "--quiet");

        // The first import sees some branches only; the second meets the rest on top of it.
        var part = bridge.Repository("part.git");
        part.Run("fetch", "-q", git.Folder, "refs/heads/b0:refs/heads/b0");
        await bridge.ImportAsync(part);
        try
        {
            await bridge.RoundTripAsync(git);
        }
        catch (Xunit.Sdk.XunitException e)
        {
            throw new Xunit.Sdk.XunitException($"seed {seed.ToString(CultureInfo.InvariantCulture)}: {e.Message}", e);
        }
    }

    private static byte[] Stream(int seed, int commits)
    {
        var random = new Random(seed);
        using var stream = new MemoryStream();
        void Write(string text) => stream.Write(Encoding.UTF8.GetBytes(text));
        void Data(byte[] bytes)
        {
            Write($"data {bytes.Length}\n");
            stream.Write(bytes);
            Write("\n");
        }

        var tips = new Dictionary<string, int>();
        for (var mark = 1; mark <= commits; mark++)
        {
            var branch = mark == 1 ? "b0" : $"b{random.Next(5)}";
            Write($"commit refs/heads/{branch}\nmark :{mark}\n");
            Write($"author {Name(random)} <{random.Next(99)}@x> {random.Next()} {Zone(random)}\ncommitter {Name(random)} <c@x> {random.Next()} {Zone(random)}\n");
            Data(Encoding.UTF8.GetBytes($"{Name(random)} {mark}{(random.Next(3) == 0 ? "" : "\n")}"));
            if (mark > 1)
            {
                Write($"from :{(tips.TryGetValue(branch, out var tip) ? tip : random.Next(1, mark))}\n");
                for (var merged = random.Next(6) - 3; merged > 0; merged--)
                {
                    Write($"merge :{random.Next(1, mark)}\n");
                }
            }

            for (var change = random.Next(6); change >= 0; change--)
            {
                Change(random, Write, Data);
            }

            Write("\n");
            tips[branch] = mark;
            if (random.Next(8) == 0)
            {
                Write($"tag t{mark}\nfrom :{mark}\ntagger {Name(random)} <t@x> {random.Next()} {Zone(random)}\n");
                Data(Encoding.UTF8.GetBytes($"tag {mark}\n"));
            }
        }

        return stream.ToArray();
    }

    private static void Change(Random random, Action<string> write, Action<byte[]> data)
    {
        var path = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"{"adfz"[random.Next(4)]}{(random.Next(4) == 0 ? "." : "")}{random.Next(3)}"));
        switch (random.Next(8))
        {
            case 0:
                write($"D {path}\n");
                break;
            case 1:
                write($"M 160000 {random.Next():x8}{new string('a', 32)} {path}\n");
                break;
            default:
                write($"M {new[] { "100644", "100644", "100755", "120000" }[random.Next(4)]} inline {path}\n");
                var bytes = new byte[random.Next(300)];
                random.NextBytes(bytes);
                data(bytes);
                break;
        }
    }

    private static string Name(Random random) => new[] { "Ann", "Bo", "Çelik", "Дмитрий", "O'Neil" }[random.Next(5)];

    private static string Zone(Random random) => $"{(random.Next(2) == 0 ? '+' : '-')}{random.Next(14):00}{random.Next(4) * 15:00}";
}
