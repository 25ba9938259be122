using System.Threading.Channels;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.Watching;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Index;
using W0rktree.LocalAgent.WorkingCopy.Native;

namespace W0rktree.LocalAgent.Tests.Watching;

public sealed class InotifyWatcherTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<WatchEvent> _events = Channel.CreateUnbounded<WatchEvent>();
    private InotifyWatcher _watcher = null!;
    private PosixWorkingDirectory _files = null!;
    private StatusCookies _cookies = null!;
    private Task _running = Task.CompletedTask;

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder.At(".wt/state/cookies"));
        _files = new PosixWorkingDirectory(_folder.Path, StateLayout.Default, TimeProvider.System);
        _watcher = new InotifyWatcher(_folder.Path, StateLayout.Default.Cookies);
        _cookies = new StatusCookies(_files, TimeProvider.System);
        _watcher.Watch(StateLayout.Default.Cookies);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _watcher.Dispose();
        _files.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Writing_deleting_and_renaming_are_seen_in_front_of_the_cookie_that_follows()
    {
        _folder.Write("kept", "x");
        _watcher.Watch(TreePath.Root);
        Start(_events);
        _folder.Write("new", "x");
        File.AppendAllText(_folder.At("kept"), "y");
        File.Delete(_folder.At("new"));
        File.Move(_folder.At("kept"), _folder.At("moved"));
        var seen = await UntilCookieAsync();
        Assert.Superset(new HashSet<string> { "new", "kept", "moved" }, seen.Select(hint => hint.Path.ToString()).ToHashSet());
    }

    [Fact]
    public async Task A_directory_that_moved_reports_under_its_new_name_after_it_is_watched_again()
    {
        Directory.CreateDirectory(_folder.At("a/deep"));
        _watcher.Watch(TreePath.Root);
        _watcher.Watch(TreePath.Parse("a").Value);
        _watcher.Watch(TreePath.Parse("a/deep").Value);
        Start(_events);
        Directory.Move(_folder.At("a"), _folder.At("b"));
        var moved = await UntilCookieAsync();
        Assert.Contains(WatchEvent.Subtree(TreePath.Parse("a").Value), moved);
        Assert.Contains(WatchEvent.Subtree(TreePath.Parse("b").Value), moved);
        _watcher.Watch(TreePath.Parse("b/deep").Value);
        _folder.Write("b/deep/file", "x");
        var after = await UntilCookieAsync();
        Assert.Contains(after, hint => hint.Path.ToString() == "b/deep/file");
        Assert.DoesNotContain(after, hint => hint.Path.ToString().StartsWith("a/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reader_that_cannot_keep_up_gets_a_rescan_and_then_the_cookie()
    {
        var narrow = Channel.CreateBounded<WatchEvent>(4);
        _watcher.Watch(TreePath.Root);
        Start(narrow);
        for (var i = 0; i < 100; i++)
        {
            _folder.Write($"f{i}", "x");
        }

        var passing = _cookies.PassAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        var kinds = new List<WatchEventKind>();
        do
        {
            var item = await narrow.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            kinds.Add(item.Kind);
            if (item.Kind == WatchEventKind.Cookie)
            {
                _cookies.Arrived(item.Number);
            }
        }
        while (kinds[^1] != WatchEventKind.Cookie);

        Assert.True(await passing);
        Assert.Contains(WatchEventKind.Rescan, kinds);
    }

    [Fact]
    public async Task A_root_that_is_deleted_asks_for_a_rescan_that_says_so()
    {
        var inner = _folder.At("inner");
        Directory.CreateDirectory(inner);
        using var watcher = new InotifyWatcher(inner, StateLayout.Default.Cookies);
        watcher.Watch(TreePath.Root);
        using var stop = new CancellationTokenSource();
        var running = watcher.RunAsync(_events.Writer, stop.Token);
        Directory.Delete(inner);
        var hint = await _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(WatchEventKind.Rescan, hint.Kind);
        Assert.Contains("moved or deleted", hint.Reason);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_storm_of_new_directories_and_files_loses_none()
    {
        var index = new WorkingIndex();
        var scanner = new TreeScanner(_files, _watcher, index, new IgnoreBook(_files, () => true));
        scanner.ScanAll(CancellationToken.None);
        Start(_events);
        var writing = Task.Run(WriteStorm);
        var following = FollowAsync(scanner);
        await writing;
        Assert.True(await _cookies.PassAsync(TimeSpan.FromSeconds(60), CancellationToken.None));
        _events.Writer.TryComplete();
        await following;

        // The independent walk: .NET's own enumeration, which knows nothing of watches.
        var expected = Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.Path, file))
            .Where(file => !file.StartsWith(".wt/", StringComparison.Ordinal)).ToHashSet();
        var actual = index.Pending.Where(node => node.IsPresentFile).Select(node => node.Path.ToString()).ToHashSet();
        Assert.Equal(5_000 - (5_000 / 7) - 1, expected.Count);
        Assert.Equal(expected, actual);
        Assert.All(index.Pending, node => Assert.Equal(new FileInfo(_folder.At(node.Path.ToString())).Length, node.Found!.Value.Stamp.SizeBytes));
    }

    private void WriteStorm()
    {
        for (var i = 0; i < 5_000; i++)
        {
            _folder.Write($"d{i % 50}/e{i % 11}/f{i}", new string('x', i % 100));
            if (i % 7 == 0)
            {
                File.Delete(_folder.At($"d{i % 50}/e{i % 11}/f{i}"));
            }
        }

        // One directory moves with everything in it, one comes from outside.
        Directory.Move(_folder.At("d3"), _folder.At("moved"));
    }

    private async Task FollowAsync(TreeScanner scanner)
    {
        await foreach (var hint in _events.Reader.ReadAllAsync())
        {
            switch (hint.Kind)
            {
                case WatchEventKind.Cookie:
                    _cookies.Arrived(hint.Number);
                    break;
                case WatchEventKind.Rescan:
                    scanner.ScanAll(CancellationToken.None);
                    break;
                default:
                    if (!hint.Path.ToString().StartsWith(".wt", StringComparison.Ordinal))
                    {
                        scanner.Refresh(hint.Path, hint.Kind == WatchEventKind.SubtreeChanged, CancellationToken.None);
                    }

                    break;
            }
        }
    }

    private void Start(Channel<WatchEvent> events) => _running = _watcher.RunAsync(events.Writer, _stop.Token);

    private async Task<List<WatchEvent>> UntilCookieAsync()
    {
        var passing = _cookies.PassAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        var seen = new List<WatchEvent>();
        while (true)
        {
            var hint = await _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            if (hint.Kind == WatchEventKind.Cookie)
            {
                _cookies.Arrived(hint.Number);
                Assert.True(await passing);
                return seen;
            }

            seen.Add(hint);
        }
    }
}
