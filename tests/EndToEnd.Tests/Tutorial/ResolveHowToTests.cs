using W0rktree.EndToEnd.Tests.World;
using W0rktree.TestKit;

namespace W0rktree.EndToEnd.Tests.Tutorial;

/// <summary>Types the page on conflicts through as it is written: each kind comes about, and is resolved by hand.</summary>
public sealed class ResolveHowToTests
{
    private const string Failed = "@@failed";

    [Fact]
    public async Task Each_kind_of_conflict_is_resolved_as_written()
    {
        _ = Programs.Wt;
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "how-to", "resolve-each-kind-of-conflict.md"));
        var blocks = new Queue<string>(page.Split("```bash\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)].Trim()));
        Assert.Equal(24, blocks.Count);
        await using Terminal shell = new();
        await TypeAsync(shell, blocks.Dequeue());
        var folder = (await shell.TypeAsync("echo $WT_HOWTO")).Trim();
        try
        {
            // Lines.
            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge lines"), "<<<<<<< main\nfive, we say\n||||||| base\n5\n=======\nfive, they say\n>>>>>>> lines\n");
            Has(await TypeAsync(shell, blocks.Dequeue()), "No conflicts.");
            Equal("5 five, they say", await TypeAsync(shell, "grep -n five list | tr : ' '"));

            // Criss-cross: the merge of the bases makes all but line 10 agree.
            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge right"), "9\nten, left\nten, right\n11\n", "one\n2\n", "19\ntwenty\n");
            await TypeAsync(shell, blocks.Dequeue());

            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge two-names"), "plan-ours  rename-rename", "plan-theirs  rename-rename");
            Equal("list\nplan-ours", await TypeAsync(shell, blocks.Dequeue()));

            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge one-name"), "stock  rename-rename");
            Equal("210 felt\n310 leather\n40 stock", await TypeAsync(shell, blocks.Dequeue()));

            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge added"), "lib/new  rename-rename");
            Has(await TypeAsync(shell, blocks.Dequeue()), "None is left");
            Equal("a\nb\nc\nnew", await TypeAsync(shell, "ls lib; ls src 2> /dev/null || true"));

            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge changed"), "plan-ours  modify-delete");
            Equal("lib\nlist\nstock", await TypeAsync(shell, blocks.Dequeue()));

            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge logo"), "logo  binary");
            Has(await TypeAsync(shell, blocks.Dequeue()), "logo theirs");

            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge script"), "run.sh  mode");
            Equal("run", await TypeAsync(shell, blocks.Dequeue()));

            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge link"), "newest  content");
            Equal("stock", await TypeAsync(shell, blocks.Dequeue()));

            Has(await TypeAsync(shell, blocks.Dequeue(), "wt merge folder"), "docs  directory-file", "docs~main");
            Equal("all in one file", await TypeAsync(shell, blocks.Dequeue()));
            Equal("all\npage", await TypeAsync(shell, "ls docs"));

            await TypeAsync(shell, blocks.Dequeue(), "wt merge tool");
            Has(await TypeAsync(shell, blocks.Dequeue()), "fifteen, they say\nfifteen, we say\n");
            Has(await TypeAsync(shell, "wt resolve && wt status"), "No conflicts.");
        }
        finally
        {
            // By a shell of its own, since the other may have come to grief.
            await using Terminal end = new();
            await end.TypeAsync($"export PATH=\"$PWD/artifacts/bin:$PATH\" HOME={folder} XDG_RUNTIME_DIR={folder}/run WT_HOWTO={folder}\n{blocks.Last()}");
        }
    }

    /// <summary>Types a block, of which nothing may fail but a merge that is to end in conflicts.</summary>
    private static async Task<string> TypeAsync(Terminal shell, string block, string? conflicted = null)
    {
        var read = await shell.TypeAsync(block);
        var failed = read.Split('\n').Where(line => line.StartsWith(Failed, StringComparison.Ordinal)).ToList();
        Assert.True(failed.SequenceEqual(conflicted is null ? [] : [$"{Failed}: {conflicted}"]), $"{block}\n{read}");
        return read;
    }

    private static void Has(string read, params string[] expected) => Assert.All(expected, text => Assert.Contains(text, read, StringComparison.Ordinal));

    /// <summary>Compares the last lines that were to be read.</summary>
    private static void Equal(string expected, string read) => Assert.EndsWith("\n" + expected, "\n" + read.TrimEnd('\n'), StringComparison.Ordinal);
}
