using W0rktree.Core.Classification;
using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.History;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.History;

public sealed class StoreHistoryTests : IAsyncLifetime
{
    private CopyFixture _copy = null!;

    private string IndexFile => StoreHistory.FileOf(_copy.Copy.Store);

    public async Task InitializeAsync()
    {
        _copy = await CopyFixture.CreateAsync();
        for (var i = 0; i < 80; i++)
        {
            _copy.Write(i % 4 == 0 ? "docs/guide.md" : $"src/f{i % 8}.c", $"{i}\n");
            await _copy.SnapshotAsync(message: $"number {i}");
        }
    }

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task The_index_is_written_once_it_is_worth_it_and_read_by_the_next_agent()
    {
        using var history = New();
        await history.KeepAsync(default);
        var written = HistoryIndex.TryParse(await File.ReadAllBytesAsync(IndexFile));
        Assert.Equal((80, 0), (written!.Count, written.LackingFilters));

        using var next = New();
        var read = await next.ReachAsync([_copy.Copy.Position.Tip!.Value], null, default);
        Assert.True(read.Bytes.Span.SequenceEqual(written.Bytes.Span));
    }

    [Fact]
    public async Task A_damaged_or_missing_file_changes_no_answer()
    {
        using (var history = New())
        {
            await history.KeepAsync(default);
        }

        var before = await LogAsync(new LogFilter { Path = PathOf("docs/guide.md") });
        Assert.Equal(20, before.Count);
        var bytes = await File.ReadAllBytesAsync(IndexFile);
        bytes[bytes.Length / 2] ^= 4;
        await File.WriteAllBytesAsync(IndexFile, bytes);
        Assert.Equal(before, await LogAsync(new LogFilter { Path = PathOf("docs/guide.md") }));
        File.Delete(IndexFile);
        Assert.Equal(before, await LogAsync(new LogFilter { Path = PathOf("docs/guide.md") }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Classes_paths_and_limits_of_time_choose_the_same_with_filters_and_without(bool withFilters)
    {
        if (withFilters)
        {
            using var history = New();
            await history.KeepAsync(default);
        }

        Assert.Equal(80, (await LogAsync(new LogFilter())).Count);
        Assert.Equal(60, (await LogAsync(new LogFilter { Path = PathOf("src") })).Count);
        Assert.Equal(20, (await LogAsync(new LogFilter { Classes = [ChangeClass.Documentation] })).Count);
        Assert.Empty(await LogAsync(new LogFilter { Classes = [ChangeClass.Asset] }));
        Assert.Empty(await LogAsync(new LogFilter { UntilSeconds = 1_000_000_000 }));
        Assert.Equal(80, (await LogAsync(new LogFilter { SinceSeconds = 1_000_000_000 })).Count);
        Assert.Empty(await LogAsync(new LogFilter { Author = "nobody at all" }));
    }

    [Fact]
    public async Task A_file_is_followed_under_the_name_that_it_had()
    {
        _copy.Write("src/app.c", string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\n")));
        await _copy.SnapshotAsync(message: "add");
        Directory.CreateDirectory(_copy.At("lib"));
        File.Move(_copy.At("src/app.c"), _copy.At("lib/main.c"));
        await File.AppendAllTextAsync(_copy.At("lib/main.c"), "more\n");
        await _copy.SnapshotAsync(message: "move");
        Assert.Equal(["move"], await LogAsync(new LogFilter { Path = PathOf("lib/main.c") }));
        Assert.Equal(["move", "add"], await LogAsync(new LogFilter { Path = PathOf("lib/main.c"), Follow = true }));
    }

    [Fact]
    public async Task A_drawing_joins_each_listed_snapshot_with_the_nearest_listed_below()
    {
        using var history = New();
        var tip = _copy.Copy.Position.Tip!.Value;
        var index = await history.ReachAsync([tip], null, default);
        var items = new List<LogItem>();
        await foreach (var item in new LogQuery(_copy.Copy, index, new LogFilter { Path = PathOf("docs"), Joined = true }).RunAsync(tip, default))
        {
            items.Add(item);
        }

        Assert.Equal(20, items.Count);
        Assert.All(items.Zip(items.Skip(1)), pair => Assert.Equal([pair.Second.Id], pair.First.Follows!));
        Assert.Empty(items[^1].Follows!);
    }

    private StoreHistory New() => new(_copy.Copy.Store);

    private static TreePath PathOf(string text) => TreePath.Parse(text).Value;

    private async Task<List<string>> LogAsync(LogFilter filter)
    {
        using var history = New();
        var tip = _copy.Copy.Position.Tip!.Value;
        var index = await history.ReachAsync([tip], null, default);
        var messages = new List<string>();
        await foreach (var item in new LogQuery(_copy.Copy, index, filter).RunAsync(tip, default))
        {
            messages.Add(item.Snapshot.Message.Text!);
        }

        return messages;
    }
}
