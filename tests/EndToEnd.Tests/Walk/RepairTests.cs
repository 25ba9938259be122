using System.Security.Cryptography;
using System.Text.Json;
using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>Stores that a disk damaged: 'wt doctor' brings back what files and server have, and names the rest.</summary>
public sealed class RepairTests
{
    [Fact]
    public async Task A_damaged_pack_is_repaired_from_files_and_server()
    {
        var (scene, ada) = await Scene.PushedAsync(("list.txt", "1\n"));
        await using var ends = scene;
        Write(ada, "kept.bin", Noise(0));
        Write(ada, "src/changing.bin", Noise(1));
        Write(ada, "src/going.bin", Noise(2));
        await ada.AskAsync("push", "-m", "Old");
        File.Delete(Path.Combine(ada.Work, "src/going.bin"));
        Write(ada, "src/changing.bin", Noise(3));
        await ada.AskAsync("push", "-m", "New");
        var old = await IdAsync(ada, "Old");
        await ada.AskAsync("gc");
        await DamageAsync(ada, "packs", Noise(0), Noise(1), Noise(2));

        Assert.Equal(3, Problems((await ada.TryAsync("debug", "verify")).Expect(1).Json).Count(what => what.Contains(".bin'", StringComparison.Ordinal)));
        var doctor = (await ada.TryAsync("doctor")).Expect(0).Json;
        var repaired = doctor.GetProperty("repaired").EnumerateArray().Select(item => item.GetProperty("was").GetString()!).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(3, repaired.Length);
        Assert.Contains("'kept.bin'", repaired[0], StringComparison.Ordinal);
        Assert.Contains("'src/changing.bin'", repaired[1], StringComparison.Ordinal);
        Assert.Contains("'src/going.bin'", repaired[2], StringComparison.Ordinal);
        Assert.NotEmpty(doctor.GetProperty("rewritten").EnumerateArray());
        Assert.True((await ada.AskAsync("debug", "verify")).GetProperty("healthy").GetBoolean());
        await ada.AskAsync("restore", "--from", old, "src/going.bin", "src/changing.bin");
        Assert.Equal(Noise(2), await File.ReadAllBytesAsync(Path.Combine(ada.Work, "src/going.bin")));
        Assert.Equal(Noise(1), await File.ReadAllBytesAsync(Path.Combine(ada.Work, "src/changing.bin")));
        Assert.Empty((await ada.AskAsync("doctor")).GetProperty("repaired").EnumerateArray());
    }

    [Fact]
    public async Task A_damaged_journal_is_repaired_from_the_server()
    {
        var (scene, ada) = await Scene.PushedAsync(("kept.txt", "1\n"));
        await using var ends = scene;
        Write(ada, "going.bin", Noise(5, 40_000));
        await ada.AskAsync("push", "-m", "Old");
        File.Delete(Path.Combine(ada.Work, "going.bin"));
        await ada.AskAsync("push", "-m", "New");
        var old = await IdAsync(ada, "Old");
        await DamageAsync(ada, "journal", Noise(5, 40_000));

        var doctor = (await ada.TryAsync("doctor")).Expect(0).Json;
        Assert.Contains("'going.bin'", Assert.Single(doctor.GetProperty("repaired").EnumerateArray()).GetProperty("was").GetString(), StringComparison.Ordinal);
        await ada.AskAsync("restore", "--from", old, "going.bin");
        Assert.Equal(Noise(5, 40_000), await File.ReadAllBytesAsync(Path.Combine(ada.Work, "going.bin")));
        await ada.AskAsync("worker", "restart");
        Assert.True((await ada.AskAsync("debug", "verify")).GetProperty("healthy").GetBoolean());
    }

    [Fact]
    public async Task A_pack_that_cannot_be_read_at_all_comes_back_even_where_the_working_copy_cannot_open()
    {
        var (scene, ada) = await Scene.PushedAsync(("kept.txt", "1\n"), ("a/b/c.txt", "old\n"));
        await using var ends = scene;
        var old = (await ada.TryAsync("log")).Expect(0).Lines[0].GetProperty("id").GetString()!;
        ada.Write("a/b/c.txt", "new\n");
        await ada.AskAsync("push", "-m", "Two");
        await ada.AskAsync("gc");
        foreach (var pack in await StoppedAsync(ada, "packs", "*.wtp"))
        {
            var bytes = await File.ReadAllBytesAsync(pack);
            Array.Clear(bytes, 0, 64);
            await File.WriteAllBytesAsync(pack, bytes);
        }

        (await ada.TryAsync("status")).Expect(1, "missing_object");
        var doctor = (await ada.TryAsync("doctor")).Json;

        // What was made on the way to a push and folded into it only this machine had; nothing but the reflog names it.
        Assert.NotEmpty(doctor.GetProperty("repaired").EnumerateArray());
        Assert.All(Problems(doctor), what => Assert.True(
            what.Contains("of the reflog", StringComparison.Ordinal) || what.Contains("pack is not readable", StringComparison.Ordinal), what));
        Assert.Empty((await ada.AskAsync("status")).GetProperty("changes").EnumerateArray());
        await ada.AskAsync("restore", "--from", old, "a/b/c.txt");
        Assert.Equal("old\n", ada.Read("a/b/c.txt"));
        ada.Write("a/b/c.txt", "new\n");
        var clone = Path.Combine(ada.Home, "clone");
        await ada.AskAsync("clone", $"{scene.Server.Url}/{Scene.Team}/{Scene.Worktree}", clone);
        Assert.Equal(FileTree.Of(clone), FileTree.Of(ada.Work));
    }

    [Fact]
    public async Task What_only_this_machine_had_is_named_with_path_and_snapshot()
    {
        var (scene, ada) = await Scene.PushedAsync(("kept.txt", "1\n"));
        await using var ends = scene;
        await ada.AskAsync("sync", "pause");
        Write(ada, "notes/mine.bin", Noise(7));
        var mine = (await ada.AskAsync("snapshot", "-m", "Mine alone")).GetProperty("snapshot").GetProperty("id").GetString()!;
        Write(ada, "notes/mine.bin", Noise(8));
        await ada.AskAsync("snapshot", "-m", "Mine again");
        await ada.AskAsync("gc");
        await DamageAsync(ada, "packs", Noise(7), Noise(8));
        await scene.Server.StopAsync();

        // Without the server only the files of the working copy help: the newest version stands there.
        var offline = (await ada.TryAsync("doctor")).Expect(1).Json;
        Assert.Single(offline.GetProperty("repaired").EnumerateArray());
        Assert.Contains(offline.GetProperty("problems").EnumerateArray(), problem => problem.GetProperty("hint").GetString()!.Contains("not repaired", StringComparison.Ordinal));

        await scene.Server.StartAsync();
        var doctor = (await ada.TryAsync("doctor")).Expect(1).Json;
        Assert.Contains(Problems(doctor), what => what.Contains("'notes/mine.bin'", StringComparison.Ordinal) && what.Contains(mine[..12], StringComparison.Ordinal));
        Assert.DoesNotContain(Problems(doctor), what => what.Contains("kept.txt", StringComparison.Ordinal));
        File.Delete(Path.Combine(ada.Work, "notes/mine.bin"));
        await ada.AskAsync("restore", "notes/mine.bin");
        Assert.Equal(Noise(8), await File.ReadAllBytesAsync(Path.Combine(ada.Work, "notes/mine.bin")));
    }

    // Bytes that nothing compresses, so that they stand in journal and pack as they are and can be found there.
    private static byte[] Noise(int seed, int length = 700)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static void Write(Person person, string path, byte[] content)
    {
        FileInfo file = new(Path.Combine(person.Work, path));
        file.Directory!.Create();
        File.WriteAllBytes(file.FullName, content);
    }

    private static async Task<string> IdAsync(Person person, string message)
    {
        var log = (await person.TryAsync("log")).Expect(0);
        return log.Lines.First(line => line.TryGetProperty("message", out var said) && said.GetString() == message).GetProperty("id").GetString()!;
    }

    private static IEnumerable<string> Problems(JsonElement doctor) => doctor.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("what").GetString()!);

    /// <summary>Stops the agent, so that nothing of the files is in memory, and flips a bit in the middle of each content.</summary>
    private static async Task DamageAsync(Person person, string folder, params byte[][] contents)
    {
        var found = 0;
        foreach (var file in await StoppedAsync(person, folder, "*.wt[jp]"))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var at in contents.Select(content => bytes.AsSpan().IndexOf(content)).Where(at => at >= 0))
            {
                bytes[at + RandomNumberGenerator.GetInt32(contents[0].Length)] ^= 0x10;
                found++;
            }

            await File.WriteAllBytesAsync(file, bytes);
        }

        Assert.Equal(contents.Length, found);
    }

    private static async Task<string[]> StoppedAsync(Person person, string folder, string pattern)
    {
        await person.AskAsync("worker", "stop");
        var store = Assert.Single(Directory.GetDirectories(Path.Combine(person.Home, ".local/share/w0rktree/stores")));
        var files = Directory.GetFiles(Path.Combine(store, folder), pattern.Replace("[jp]", "?", StringComparison.Ordinal)).Where(file => !file.EndsWith(".wti", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(files);
        return files;
    }
}
