using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.History;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.History;

public sealed class BisectionTests : IAsyncLifetime
{
    private const int Snapshots = 24;
    private const int FirstBad = 17;

    private readonly List<SnapshotId> _ids = [];
    private CopyFixture _copy = null!;

    public async Task InitializeAsync()
    {
        _copy = await CopyFixture.CreateAsync();
        for (var i = 0; i < Snapshots; i++)
        {
            _copy.Write("state", $"{i}\n");
            await _copy.SnapshotAsync(message: $"number {i}");
            _ids.Add(_copy.Copy.Position.Tip!.Value);
        }
    }

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task The_first_bad_snapshot_is_found_by_looking_at_the_files_that_are_brought_in()
    {
        var result = await AskAsync("start", _ids[^1].ToString(), _ids[0].ToString());
        var trials = 0;
        for (; result.State == "searching"; trials++)
        {
            Assert.Equal(result.Current!.Id, _copy.Copy.Position.Tip.ToString());
            result = await AskAsync(int.Parse(await File.ReadAllTextAsync(_copy.At("state")), System.Globalization.CultureInfo.InvariantCulture) >= FirstBad ? "bad" : "good");
        }

        Assert.Equal(("found", _ids[FirstBad].ToString()), (result.State, result.First!.Id));
        Assert.InRange(trials, 1, 5);
    }

    [Fact]
    public async Task A_reset_brings_back_branch_and_files_and_leaves_nothing_of_the_search()
    {
        await AskAsync("start", "@", "@~20");
        Assert.Equal("bisect", _copy.Copy.Position.Branch.Text);
        Assert.Equal("none", (await AskAsync("reset")).State);
        Assert.Equal(("main", _ids[^1]), (_copy.Copy.Position.Branch.Text, _copy.Copy.Position.Tip));
        Assert.Equal($"{Snapshots - 1}\n", await File.ReadAllTextAsync(_copy.At("state")));
        Assert.Null(_copy.Copy.Refs.LineOf(_copy.Copy.Identity.CopyId, Bisection.Line));
        Assert.Equal("none", (await AskAsync("status")).State);
        Assert.Equal("searching", (await AskAsync("start", "@", "@~20")).State);
    }

    [Fact]
    public async Task What_was_unsaved_at_the_start_is_kept_and_the_team_hears_of_no_trial()
    {
        _copy.Write("state", "edited\n");
        _copy.Write("new", "new\n");
        await AskAsync("start", _ids[^1].ToString(), _ids[0].ToString());
        Assert.False(File.Exists(_copy.At("new")));
        Assert.Empty(_copy.Copy.Store.Scan(StoreRefs.QueueTable, StoreRefs.StageEntry(_copy.Copy.Identity.CopyId, Bisection.Line)));
        await AskAsync("reset");
        Assert.Equal(("edited\n", "new\n"), (await File.ReadAllTextAsync(_copy.At("state")), await File.ReadAllTextAsync(_copy.At("new"))));
    }

    [Fact]
    public async Task Facts_may_come_one_by_one_and_a_search_survives_a_new_agent()
    {
        Assert.Equal("waiting", (await AskAsync("start")).State);
        Assert.Equal("waiting", (await AskAsync("bad")).State);
        var searching = await AskAsync("good", "@~23");
        Assert.Equal(("searching", 23), (searching.State, searching.Remaining));
        var status = await AskAsync("status");
        Assert.Equal((searching.Current!.Id, searching.Remaining), (status.Current!.Id, status.Remaining));
    }

    [Fact]
    public async Task Snapshots_that_cannot_be_tried_are_passed_over_until_only_they_are_left()
    {
        var result = await AskAsync("start", _ids[3].ToString(), _ids[0].ToString());
        while (result.State == "searching")
        {
            result = await AskAsync("skip");
        }

        Assert.Equal(("undecided", 3), (result.State, result.Remaining));
        Assert.Equal(_ids[1..4].Select(id => id.ToString()).Order(StringComparer.Ordinal), result.Suspects.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_contradicts_itself_is_refused_with_the_next_step()
    {
        Assert.Equal("refused", (await TryAsync("start", _ids[2].ToString(), _ids[9].ToString())).Error.Code);
        Assert.Equal("invalid_argument", (await TryAsync("good")).Error.Code);
        await AskAsync("start", _ids[^1].ToString(), _ids[0].ToString());
        Assert.Equal("refused", (await TryAsync("start")).Error.Code);
        Assert.Equal("unknown_revision", (await TryAsync("good", "nobody")).Error.Code);
    }

    private Task<Core.Result<BisectResult>> TryAsync(string action, params string[] revisions) =>
        new Bisection(_copy.Copy, _copy.Operations).RunAsync(new BisectParams(action, revisions), new Progress<ProgressInfo>(), CancellationToken.None);

    private async Task<BisectResult> AskAsync(string action, params string[] revisions)
    {
        var result = await TryAsync(action, revisions);
        Assert.True(result.IsOk, result.IsOk ? "" : result.Error.ToString());
        return result.Value;
    }
}
