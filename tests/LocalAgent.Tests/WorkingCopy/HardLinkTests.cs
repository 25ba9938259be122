using System.Threading.Channels;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Changes;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.Watching;

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
        await LinkAsync(_copy.At("a"), _copy.At("d/b"));

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
        await LinkAsync(_copy.At("a"), outside);

        await _copy.SnapshotAsync();
        Assert.Empty(_copy.Copy.Index.Pending);
        File.AppendAllText(outside, " and more");
        using var turn = await _copy.Copy.Turns.TakeAsync(CancellationToken.None);
        Assert.True(_copy.Copy.Scanner.LookAtUnwatchedNames(CancellationToken.None));
        Assert.Equal(["a"], _copy.Copy.Index.Pending.Select(node => node.Path.ToString()));
    }

    [Fact]
    public async Task A_write_by_a_name_made_after_the_last_look_is_a_change_of_the_first_name()
    {
        _copy.Write("a", "one");
        await _copy.SnapshotAsync();
        await LinkAsync(_copy.At("a"), _copy.At("b"));
        File.AppendAllText(_copy.At("b"), " and more");
        await FollowAsync("b");
        Assert.Equal(["a", "b"], _copy.Copy.Index.Pending.Select(node => node.Path.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_write_by_an_ignored_name_made_after_the_last_look_is_a_change_of_the_first_name()
    {
        _copy.Write("a", "one");
        await _copy.SnapshotAsync();
        await LinkAsync(_copy.At("a"), _copy.At("b.pyc"));
        File.AppendAllText(_copy.At("b.pyc"), " and more");
        await FollowAsync("b.pyc");
        Assert.Equal(["a"], _copy.Copy.Index.Pending.Select(node => node.Path.ToString()));
    }

    [Fact]
    public async Task A_write_by_a_name_that_is_gone_since_is_a_change_of_the_others()
    {
        _copy.Write("a", "one");
        await LinkAsync(_copy.At("a"), _copy.At("b"));
        await _copy.SnapshotAsync();
        File.AppendAllText(_copy.At("b"), " and more");
        File.Delete(_copy.At("b"));
        await FollowAsync("b");
        Assert.Equal(["a", "b"], _copy.Copy.Index.Pending.Select(node => node.Path.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_write_by_a_name_that_was_met_and_is_gone_before_its_hint_is_followed_is_a_change_of_the_others()
    {
        _copy.Write("a", "one");
        await _copy.SnapshotAsync();
        await LinkAsync(_copy.At("a"), _copy.At("b"));
        File.AppendAllText(_copy.At("b"), " and more");
        _copy.Copy.Scanner.Meet(_copy.Copy.Files.Look(TreePath.Parse("b").Value)!.Value);
        File.Delete(_copy.At("b"));
        await FollowAsync("b");
        Assert.Equal(["a"], _copy.Copy.Index.Pending.Select(node => node.Path.ToString()));
    }

    [Fact]
    public async Task A_further_ignored_name_of_a_file_with_two_is_known_of_when_somebody_asks()
    {
        _copy.Write("a", "one");
        await LinkAsync(_copy.At("a"), _copy.At("b"));
        await _copy.SnapshotAsync();
        await LinkAsync(_copy.At("a"), _copy.At("c.pyc"));
        await FollowAsync("c.pyc");
        using var turn = await _copy.Copy.Turns.TakeAsync(CancellationToken.None);
        Assert.True(_copy.Copy.Scanner.LookAtUnwatchedNames(CancellationToken.None));
    }

    [Theory]
    [InlineData("kept.txt", true)]
    [InlineData("left out.pyc", false)]
    [InlineData("linked.pyc", true)]
    public async Task Hints_about_ignored_names_go_on_where_the_file_has_others(string name, bool goesOn)
    {
        _copy.Write(name, "one");
        if (name == "linked.pyc")
        {
            await LinkAsync(_copy.At(name), _copy.At("a"));
        }

        var (input, output) = (Channel.CreateUnbounded<WatchEvent>(), Channel.CreateUnbounded<WatchEvent>());
        input.Writer.TryWrite(WatchEvent.Changed(TreePath.Parse(name).Value));
        input.Writer.Complete();
        await new IgnoreStage(input.Reader, output.Writer, () => _copy.Copy.Ignores, _ => false, _copy.Copy.Files.Look).RunAsync(CancellationToken.None);
        Assert.Equal(goesOn, output.Reader.TryRead(out _));
    }

    /// <summary>Follows one hint, as the pipeline does.</summary>
    private async Task FollowAsync(string name)
    {
        var hints = Channel.CreateUnbounded<WatchEvent>();
        hints.Writer.TryWrite(WatchEvent.Changed(TreePath.Parse(name).Value));
        hints.Writer.Complete();
        await new TrackStage(hints.Reader, _copy.Copy).RunAsync(CancellationToken.None);
    }

    private static async Task LinkAsync(string from, string to)
    {
        using var link = System.Diagnostics.Process.Start("ln", [from, to]);
        await link.WaitForExitAsync();
        Assert.Equal(0, link.ExitCode);
    }
}
