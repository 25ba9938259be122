using System.Threading.Channels;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Changes;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.Watching;

namespace W0rktree.LocalAgent.Tests.Changes;

public sealed class DebounceStageTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(200);

    private readonly ManualTime _time = new();
    private readonly Channel<WatchEvent> _input = Channel.CreateUnbounded<WatchEvent>();
    private readonly Channel<WatchEvent> _output = Channel.CreateUnbounded<WatchEvent>();

    [Fact]
    public async Task A_path_is_passed_on_once_when_the_window_ended_without_another_event()
    {
        var running = Run();
        await SendAndSettleAsync("a", "a", "a");
        _time.Advance(Window - TimeSpan.FromMilliseconds(1));
        Assert.False(_output.Reader.TryPeek(out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("a", (await NextAsync()).Path.ToString());
        await EndAsync(running);
        Assert.False(_output.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_path_that_is_not_held_yet_is_told_of_at_once_but_not_amid_a_burst()
    {
        foreach (var path in Enumerable.Range(0, 400).Select(number => $"f{number}").Append("f399"))
        {
            _input.Writer.TryWrite(WatchEvent.Changed(TreePath.Parse(path).Value));
        }

        _input.Writer.Complete();
        var told = new List<string>();
        await new DebounceStage(_input.Reader, _output.Writer, _time, () => Window, null, hint => told.Add(hint.Path.ToString())).RunAsync(CancellationToken.None);
        Assert.DoesNotContain("f0", told);
        Assert.Single(told, "f399");
        Assert.Equal(400, _output.Reader.Count);
    }

    [Fact]
    public async Task Each_event_starts_the_window_again()
    {
        var running = Run();
        await SendAndSettleAsync("a");
        _time.Advance(TimeSpan.FromMilliseconds(150));
        await SendAndSettleAsync("a");
        _time.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(_output.Reader.TryPeek(out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("a", (await NextAsync()).Path.ToString());
        await EndAsync(running);
    }

    [Fact]
    public async Task A_file_that_is_written_without_a_pause_is_passed_on_all_the_same()
    {
        var running = Run();
        for (var i = 0; i <= DebounceStage.MaxWindows * 2; i++)
        {
            await SendAndSettleAsync("log");
            if (_output.Reader.Count > 0)
            {
                break;
            }

            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal("log", (await NextAsync()).Path.ToString());
        await EndAsync(running);
    }

    [Fact]
    public async Task A_cookie_comes_behind_everything_that_was_held_and_waits_for_no_window()
    {
        var running = Run();
        Send("a", "b");
        _input.Writer.TryWrite(WatchEvent.Cookie(7));
        Assert.Equal("a", (await NextAsync()).Path.ToString());
        Assert.Equal("b", (await NextAsync()).Path.ToString());
        Assert.Equal(WatchEvent.Cookie(7), await NextAsync());
        await EndAsync(running);
    }

    [Fact]
    public async Task A_rescan_stands_for_everything_that_was_held()
    {
        var running = Run();
        Send("a", "b");
        _input.Writer.TryWrite(WatchEvent.Rescan("lost"));
        Assert.Equal(WatchEventKind.Rescan, (await NextAsync()).Kind);
        await EndAsync(running);
        Assert.False(_output.Reader.TryRead(out _));
    }

    [Fact]
    public async Task More_paths_than_can_be_held_become_one_rescan()
    {
        for (var i = 0; i <= DebounceStage.MaxHeldPaths; i++)
        {
            Send($"f{i}");
        }

        _input.Writer.Complete();
        await Run();
        var passed = new List<WatchEvent>();
        while (_output.Reader.TryRead(out var item))
        {
            passed.Add(item);
        }

        Assert.Equal(WatchEventKind.Rescan, Assert.Single(passed).Kind);
    }

    [Fact]
    public async Task A_directory_stays_a_directory_when_a_plain_event_follows()
    {
        _input.Writer.TryWrite(WatchEvent.Subtree(Path("d")));
        Send("d");
        _input.Writer.Complete();
        await Run();
        Assert.Equal(WatchEventKind.SubtreeChanged, (await NextAsync()).Kind);
    }

    [Fact]
    public async Task What_is_held_comes_out_when_the_input_ends()
    {
        Send("a");
        _input.Writer.Complete();
        await Run();
        Assert.Equal("a", (await NextAsync()).Path.ToString());
        Assert.True(_output.Reader.Completion.IsCompleted);
    }

    private Task Run() => Task.Run(() => new DebounceStage(_input.Reader, _output.Writer, _time, () => Window).RunAsync(CancellationToken.None));

    private void Send(params string[] paths)
    {
        foreach (var path in paths)
        {
            _input.Writer.TryWrite(WatchEvent.Changed(Path(path)));
        }
    }

    /// <summary>Sends events and waits until the stage has taken them and waits for the clock, or passed something on.</summary>
    private async Task SendAndSettleAsync(params string[] paths)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var path in paths)
        {
            var before = _time.TimersSet;
            Send(path);
            while ((_input.Reader.Count > 0 || _time.TimersSet == before) && _output.Reader.Count == 0)
            {
                limit.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    private async Task EndAsync(Task running)
    {
        _input.Writer.Complete();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private Task<WatchEvent> NextAsync() => _output.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private static TreePath Path(string text) => TreePath.Parse(text).Value;
}
