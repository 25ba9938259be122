using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.Tests.Checkout;

public sealed class FirstCheckoutTests : IAsyncLifetime
{
    private CopyFixture _copy = null!;
    private SnapshotId _tip;

    public async Task InitializeAsync()
    {
        _copy = await CopyFixture.CreateAsync();
        _copy.Write("src/a.txt", "the content of a");
        _copy.Write("src/b.txt", "the content of b");
        _copy.Write("run.sh", "#!/bin/sh\n");
        using (var script = LibC.Open(_copy.At("run.sh"), OpenFlags.Read))
        {
            LibC.SetMode(script, 0x1ED, "run.sh"u8);
        }

        File.CreateSymbolicLink(_copy.At("link"), "src/a.txt");
        _tip = (await _copy.SnapshotAsync()).Snapshot!.Id;
        Directory.Delete(_copy.At("src"), recursive: true);
        File.Delete(_copy.At("run.sh"));
        File.Delete(_copy.At("link"));
    }

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task Everything_is_made_in_its_place()
    {
        await ResumeAsync();
        Assert.Equal("the content of a", await File.ReadAllTextAsync(_copy.At("src/a.txt")));
        Assert.Equal("the content of b", await File.ReadAllTextAsync(_copy.At("src/b.txt")));
        Assert.Equal(FoundKind.Executable, _copy.Copy.Files.Look(TreePath.Parse("run.sh").Value)!.Value.Kind);
        Assert.Equal("src/a.txt", new FileInfo(_copy.At("link")).LinkTarget);
        Assert.Empty(_copy.Copy.Index.Pending);
    }

    [Theory]
    [InlineData("")]
    [InlineData("the con")]
    public async Task The_beginning_of_a_file_that_a_crash_left_is_completed(string beginning)
    {
        _copy.Write("src/a.txt", beginning);
        await ResumeAsync();
        Assert.Equal("the content of a", await File.ReadAllTextAsync(_copy.At("src/a.txt")));
        Assert.Empty(_copy.Copy.Index.Pending);
    }

    [Theory]
    [InlineData("something else")]
    [InlineData("the content of a, and more")]
    public async Task What_somebody_wrote_meanwhile_stays(string text)
    {
        _copy.Write("src/a.txt", text);
        await ResumeAsync();
        Assert.Equal(text, await File.ReadAllTextAsync(_copy.At("src/a.txt")));
        Assert.Equal("the content of b", await File.ReadAllTextAsync(_copy.At("src/b.txt")));
    }

    /// <summary>What the next start does when the checkout of a new copy was cut off.</summary>
    private async Task ResumeAsync()
    {
        var copy = _copy.Copy;
        using var turn = await copy.Turns.TakeAsync(CancellationToken.None);
        var root = (await copy.Graph.ReadSnapshotAsync(_tip, CancellationToken.None)).Root;
        await using (var transaction = copy.Store.Begin())
        {
            StoreRefs.SetCopy(transaction, copy.Identity.CopyId, new CopyRecord(copy.Root, "main", new MovingRecord(root.ToString(), "main", _tip.ToString())));
            await transaction.CommitAsync(CancellationToken.None);
        }

        await copy.Index.LoadBaseAsync(copy.Graph, null, CancellationToken.None);
        copy.Scanner.ScanAll(CancellationToken.None);
        Assert.True(await new LineCheckout(copy).ResumeAsync(turn, "clone", "test", CancellationToken.None));
    }
}
