using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.WorkingCopy;

/// <summary>A file with two names is one file: the kernel tells of a write only where it was made.</summary>
public sealed class HardLinkTests : IAsyncLifetime
{
    private CopyFixture _copy = null!;

    public async Task InitializeAsync() => _copy = await CopyFixture.CreateAsync();

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task A_write_by_one_name_is_a_change_of_the_others()
    {
        _copy.Write("a", "one");
        Directory.CreateDirectory(_copy.At("d"));
        using (var link = System.Diagnostics.Process.Start("ln", [_copy.At("a"), _copy.At("d/b")]))
        {
            await link.WaitForExitAsync();
        }

        await _copy.SnapshotAsync();
        Assert.Empty(_copy.Copy.Index.Pending);
        File.AppendAllText(_copy.At("a"), " and more");
        using var turn = await _copy.Copy.Turns.TakeAsync(CancellationToken.None);
        _copy.Copy.Scanner.Refresh(TreePath.Parse("a").Value, subtree: false, CancellationToken.None);
        Assert.Equal(["a", "d/b"], _copy.Copy.Index.Pending.Select(node => node.Path.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_write_by_a_name_outside_the_tree_is_found_when_somebody_asks()
    {
        _copy.Write("a", "one");
        var outside = Path.Combine(Path.GetDirectoryName(_copy.Root)!, "outside");
        using (var link = System.Diagnostics.Process.Start("ln", [_copy.At("a"), outside]))
        {
            await link.WaitForExitAsync();
        }

        await _copy.SnapshotAsync();
        Assert.Empty(_copy.Copy.Index.Pending);
        File.AppendAllText(outside, " and more");
        using var turn = await _copy.Copy.Turns.TakeAsync(CancellationToken.None);
        Assert.True(_copy.Copy.Scanner.LookAtUnwatchedNames(CancellationToken.None));
        Assert.Equal(["a"], _copy.Copy.Index.Pending.Select(node => node.Path.ToString()));
    }
}
