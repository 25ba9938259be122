using System.Net;
using System.Net.Sockets;
using W0rktree.EndToEnd.Tests.World;
using W0rktree.TestKit;

namespace W0rktree.EndToEnd.Tests.Tutorial;

/// <summary>Types the tutorial through as it is written. Only the port is another one, and the second terminal's folder is filled in.</summary>
public sealed class TutorialTests
{
    private const string Failed = "@@failed";

    [Fact]
    public async Task The_first_five_minutes_work_as_written()
    {
        _ = Programs.Wt; // Published where it is missing, as the tutorial asks.
        var blocks = Blocks(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "tutorial", "first-five-minutes.md")));
        Assert.Equal(16, blocks.Count);
        var at = 0;
        await using Terminal ada = new();
        await using Terminal bob = new();
        string Next() => blocks[at++];

        // 1. One person, no server.
        await DoneAsync(ada, Next());
        var folder = (await ada.TypeAsync("echo $WT_TUTORIAL")).Trim();
        try
        {
            Assert.Contains("1 files", await DoneAsync(ada, Next()), StringComparison.Ordinal);
            Assert.Contains("+figs", await DoneAsync(ada, Next()), StringComparison.Ordinal);
            Assert.Contains("Figs too", await DoneAsync(ada, Next()), StringComparison.Ordinal);
            Assert.EndsWith("bread\ncheese\ndates\neggs\nfigs\n", await DoneAsync(ada, Next()), StringComparison.Ordinal);
            Assert.Contains("apples", await DoneAsync(ada, Next()), StringComparison.Ordinal);

            // 2. A server.
            Assert.Contains("No apples", await DoneAsync(ada, Next()), StringComparison.Ordinal);

            // 3. A second person.
            var clone = await bob.TypeAsync(Next().Replace("/tmp/wt-XXXX", folder, StringComparison.Ordinal));
            Assert.Contains("wt: There is no worktree 'acme/shop' on http", clone, StringComparison.Ordinal);
            Assert.Contains(Failed + ": wt clone", clone, StringComparison.Ordinal);
            await DoneAsync(ada, Next());
            await DoneAsync(bob, Next().Replace("wt staged watch", "{ wt staged watch > ~/watched 2>&1 & } ; watch=$!", StringComparison.Ordinal));
            await DoneAsync(bob, "until grep -q . ~/watched; do sleep 0.1; done");
            await DoneAsync(ada, Next());
            await DoneAsync(ada, "wt snapshot");
            await DoneAsync(bob, "until grep -q 'ada on main' ~/watched; do sleep 0.1; done; kill $watch; wait $watch || true");
            await DoneAsync(bob, Next());
            Assert.Contains("! ada works on list.txt too", await bob.TypeAsync("until wt status | grep 'ada works on list.txt too'; do sleep 0.2; done"), StringComparison.Ordinal);
            await DoneAsync(ada, Next());
            Assert.Contains("brown bread\ncheese\ndates\neggs\nfigs\ngrapes\n", await DoneAsync(bob, Next()), StringComparison.Ordinal);

            // 4. Without the server.
            Assert.Contains("Honey", await DoneAsync(ada, Next()), StringComparison.Ordinal);
        }
        finally
        {
            // 5. Clean up. By shells of their own, since the others may have come to grief.
            foreach (var name in new[] { "ada", "bob" })
            {
                await using Terminal end = new();
                await end.TypeAsync($"export PATH=\"$PWD/artifacts/bin:$PATH\" HOME={folder}/{name} XDG_RUNTIME_DIR={folder}/{name}/run WT_TUTORIAL={folder}");
                await end.TypeAsync("wt worker stop; wt server stop --data \"$WT_TUTORIAL/server\"");
            }

            Directory.Delete(folder, recursive: true);
        }

        Assert.Equal("wt worker stop", Next());
    }

    private static async Task<string> DoneAsync(Terminal terminal, string block)
    {
        var read = await terminal.TypeAsync(block);
        return read.Contains(Failed, StringComparison.Ordinal) ? throw new Xunit.Sdk.XunitException($"{block}\n{read}") : read;
    }

    private static List<string> Blocks(string page)
    {
        var port = FreePort().ToString();
        return [.. page.Split("```bash\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)].Trim().Replace("7420", port, StringComparison.Ordinal))];
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
