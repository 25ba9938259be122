using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Sync.Secrets;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.Sync.Secrets;

public sealed class SecretGateTests
{
    private const string Token = "ghp_" + "q7Zt2Kx9Lw4Rb6Vn1Mc8Py3Hd5Jf0Gs7Ta2E";
    private const string OtherToken = "ghp_" + "a1Bc2De3Fg4Hi5Jk6Lm7No8Pq9Rs0Tu1Vw2X";

    [Fact]
    public async Task What_is_shown_has_each_held_path_as_it_was_last_shared()
    {
        await using var fixture = await CopyFixture.CreateAsync();
        fixture.Write("src/app.cs", "one\n");
        fixture.Write("keep.txt", "keep\n");
        var shared = await TipAsync(fixture);
        fixture.Write("src/app.cs", $"{Token}\n");
        fixture.Write("only/new.env", $"{Token}\n");
        fixture.Write("keep.txt", "kept\n");
        var tip = await TipAsync(fixture);
        using var gate = new SecretGate(fixture.Copy);
        var shown = await gate.ShowAsync(BranchName.Main, tip, shared, id => id == shared, CancellationToken.None);

        Assert.Equal(["only/new.env", "src/app.cs"], shown.Held.Select(held => held.Path.ToString()));
        var before = await fixture.FilesOfAsync(shared);
        var files = await fixture.FilesOfAsync(shown.Shown);
        Assert.Equal(["keep.txt", "src/app.cs"], files.Keys);
        Assert.Equal(before["src/app.cs"].Hash, files["src/app.cs"].Hash);
        Assert.NotEqual(before["keep.txt"].Hash, files["keep.txt"].Hash);
        Assert.Equal(shared, Assert.Single((await fixture.Copy.Graph.ReadSnapshotAsync(shown.Shown, CancellationToken.None)).Parents));
        Assert.Equal(shown.Shown, (await gate.ShowAsync(BranchName.Main, tip, shared, id => id == shared, CancellationToken.None)).Shown);
        Assert.Equal(2, gate.Held.Count);
        var entry = fixture.Copy.Store.Reflog.NewestFirst().First();
        Assert.Equal(("hold", tip.Hash, shown.Shown.Hash), (entry.Operation, entry.Changes.Single().Before, entry.Changes.Single().After));
        Assert.DoesNotContain(Token, entry.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_snapshot_that_leaves_the_path_alone_holds_it_still()
    {
        await using var fixture = await CopyFixture.CreateAsync();
        fixture.Write("a.txt", "a\n");
        var shared = await TipAsync(fixture);
        fixture.Write("b.txt", $"{Token}\n");
        var first = await TipAsync(fixture);
        fixture.Write("a.txt", "c\n");
        var second = await TipAsync(fixture);
        File.Delete(fixture.At("b.txt"));
        var third = await TipAsync(fixture);
        using var gate = new SecretGate(fixture.Copy);
        var line = await gate.ReadAsync(third, id => id == shared, null, CancellationToken.None);
        Assert.Empty(line.AtTip);
        Assert.True(line.IsHeld(first) && line.IsHeld(second) && !line.IsHeld(third));
    }

    [Fact]
    public async Task A_secret_that_was_shared_before_is_no_news_and_another_one_is()
    {
        await using var fixture = await CopyFixture.CreateAsync();
        fixture.Write("a.txt", $"one\n{Token}\n");
        var shared = await TipAsync(fixture);
        fixture.Write("a.txt", $"two\n{Token}\n");
        var edited = await TipAsync(fixture);
        fixture.Write("a.txt", $"two\n{Token}\n{OtherToken}\n");
        var more = await TipAsync(fixture);
        using var gate = new SecretGate(fixture.Copy);
        Assert.True((await gate.ReadAsync(edited, id => id == shared, null, CancellationToken.None)).IsClear);
        Assert.Equal(3, Assert.Single((await gate.ReadAsync(more, id => id == shared, null, CancellationToken.None)).AtTip).Finding.Line);
    }

    [Fact]
    public async Task What_was_released_stays_released_when_the_file_changes_and_a_second_secret_is_held()
    {
        await using var fixture = await CopyFixture.CreateAsync();
        fixture.Write("a.txt", $"{Token}\n");
        var tip = await TipAsync(fixture);
        using var gate = new SecretGate(fixture.Copy);
        var held = Assert.Single((await gate.ReadAsync(tip, _ => false, null, CancellationToken.None)).AtTip);
        await using (var transaction = fixture.Copy.Store.Begin())
        {
            AllowedSecrets.Add(transaction, fixture.Copy, held);
            await transaction.CommitAsync(CancellationToken.None);
        }

        fixture.Write("a.txt", $"more\n{Token}\n");
        Assert.True((await gate.ReadAsync(await TipAsync(fixture), _ => false, null, CancellationToken.None)).IsClear);
        fixture.Write("a.txt", $"more\n{Token}\n{OtherToken}\n");
        Assert.Single((await gate.ReadAsync(await TipAsync(fixture), _ => false, null, CancellationToken.None)).AtTip);
    }

    [Fact]
    public async Task New_files_of_some_kinds_are_held_and_known_ones_are_not()
    {
        await using var fixture = await CopyFixture.CreateAsync();
        fixture.Write("known.db", "SQLite format 3\0 one");
        var shared = await TipAsync(fixture);
        fixture.Write("known.db", "SQLite format 3\0 two");
        fixture.Write("new.db", "SQLite format 3\0 three");
        fixture.Write("large.bin", new string('x', (2 * 1024 * 1024) + 1));
        File.WriteAllText(Path.Combine(fixture.Root, "..", "user.toml"), "[worker.secrets]\nmax_new_file_mb = 2\n");
        fixture.Copy.Config.Reload();
        var tip = await TipAsync(fixture);
        using var gate = new SecretGate(fixture.Copy);
        var line = await gate.ReadAsync(tip, id => id == shared, null, CancellationToken.None);
        Assert.Equal(["large.bin (large-file)", "new.db (database)"], line.AtTip.Select(held => held.ToString()));

        fixture.Write("new.db", "SQLite format 3\0 four");
        Assert.Equal(2, (await gate.ReadAsync(await TipAsync(fixture), id => id == shared, null, CancellationToken.None)).AtTip.Count);
    }

    [Fact]
    public async Task A_secret_across_the_windows_of_a_large_file_is_found_in_its_line()
    {
        await using var fixture = await CopyFixture.CreateAsync();
        var filler = string.Concat(Enumerable.Repeat(new string('.', 63) + "\n", (4 * 1024 * 1024 / 64) - 1));
        fixture.Write("log.txt", $"{filler}{new string('.', 40)} {Token}\n{filler}");
        using var gate = new SecretGate(fixture.Copy);
        var held = Assert.Single((await gate.ReadAsync(await TipAsync(fixture), _ => false, null, CancellationToken.None)).AtTip);
        Assert.Equal(4 * 1024 * 1024 / 64, held.Finding.Line);
    }

    private static async Task<SnapshotId> TipAsync(CopyFixture fixture)
    {
        await fixture.SnapshotAsync();
        return fixture.Copy.Position.Tip!.Value;
    }
}
