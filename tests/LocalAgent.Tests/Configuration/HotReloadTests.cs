using System.Globalization;
using System.Threading.Channels;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Changes;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Diffing;
using W0rktree.LocalAgent.Ipc.Handlers;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.StoreKeeping;
using W0rktree.LocalAgent.Sync;
using W0rktree.LocalAgent.Sync.Accounts;
using W0rktree.LocalAgent.Sync.Secrets;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.Watching;

namespace W0rktree.LocalAgent.Tests.Configuration;

/// <summary>
/// Every key takes effect while everything that reads it goes on running: what reads it is made once, with the old value in
/// force, is asked, and is asked again after the file was changed. Keys whose reader is a process are in <c>HotReloadedAgentTests</c>.
/// </summary>
public sealed class HotReloadTests
{
    /// <summary>Keys that this version knows and has no use for; the reference says so.</summary>
    private static readonly string[] s_reserved = ["worker.large_files.vfs_enabled", "worker.large_files.vfs_cache_mb"];

    private static readonly string[] s_ofAProcess = ["worker.ipc.max_connections", "worker.ipc.request_timeout_s", "worker.health.restart_on_failure"];

    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, Row> s_rows = new()
    {
        ["user.name"] = new("\"Ada\"", "\"Bob\"", "Ada", "Bob", f => Task.FromResult(Author(f)[0])),
        ["user.email"] = new("\"a@x\"", "\"b@x\"", "a@x", "b@x", f => Task.FromResult(Author(f)[1])),
        ["server.url"] = new("\"http://a:1\"", "\"http://b:2\"", "http://a:1", "http://b:2", f => Task.FromResult(f.Accounts.ServerFor(null).Value.Text)),
        ["worker.log_level"] = new("\"warn\"", "\"debug\"", "silent", "written", f => Task.FromResult(f.Logs("a detail") ? "written" : "silent")),
        ["worker.shutdown_timeout_s"] = new("10", "100", "3", "30", f => Task.FromResult(Text(Shutdown.Share(f.Settings.ShutdownTimeout, TimeSpan.Zero)))),
        ["worker.watcher.debounce_ms"] = new("300", "3000", "short", "long", async f => await f.DebounceAsync() < TimeSpan.FromMilliseconds(2900) ? "short" : "long"),
        ["worker.watcher.poll_fallback"] = new("false", "true", "none+poll", "poll", f => Task.FromResult(f.Copy.WatchBackend)),
        ["worker.watcher.gitignore"] = new("true", "false", "ignored", "kept", f => GitIgnoreAsync(f)),
        ["worker.snapshot.inactivity_timeout_s"] = new("30", "5", "none", "Inactivity", f => Task.FromResult(Trigger(f, 1, 1, 10))),
        ["worker.snapshot.max_changed_files"] = new("50", "5", "none", "Files", f => Task.FromResult(Trigger(f, 10, 1, 0))),
        ["worker.snapshot.max_changed_bytes"] = new("10485760", "5", "none", "Bytes", f => Task.FromResult(Trigger(f, 1, 10, 0))),
        ["worker.snapshot.on_branch_switch"] = new("false", "true", "unsaved_changes", "switched", SwitchAsync),
        ["worker.snapshot.evaluate_interval_ms"] = Wait("1000", "50", TimeSpan.FromMilliseconds(1), settings => settings.EvaluateInterval),
        ["worker.sync.interval_active_s"] = new("5", "1", "5", "1", f => Task.FromResult(Text(SyncSchedule.Of(f.Settings).After(0, pending: true)))),
        ["worker.sync.interval_idle_s"] = new("30", "7", "30", "7", f => Task.FromResult(Text(SyncSchedule.Of(f.Settings).After(0, pending: false)))),
        ["worker.sync.retry_backoff_base_s"] = new("2", "3", "2", "3", f => Task.FromResult(Text(SyncSchedule.Of(f.Settings).After(1, pending: true)))),
        ["worker.sync.retry_backoff_max_s"] = new("300", "9", "300", "9", f => Task.FromResult(Text(SyncSchedule.Of(f.Settings).After(20, pending: true)))),
        ["worker.storage.gc_interval_m"] = Wait("30", "1", TimeSpan.FromMinutes(1), settings => settings.MaintenanceInterval),
        ["worker.storage.gc_grace_period_h"] = new("48", "24", "48", "24", async f => Text(await f.CollectAsync(), TimeSpan.FromHours(1))),
        ["worker.storage.pack_threshold"] = new("1000000", "1", "gathered", "packed", PackAsync),
        ["worker.secrets.enabled"] = new("false", "true", "0", "3", HeldAsync),
        ["worker.secrets.max_new_file_mb"] = new("50", "1", "3", "4", HeldAsync),
        ["worker.secrets.hold_kinds"] = new("[]", "[\"database\"]", "1", "2", HeldAsync),
        ["worker.secrets.ignore_rules"] = new("[]", "[\"github-token\"]", "3", "2", HeldAsync),
        ["worker.large_files.threshold_bytes"] = new("10485760", "1048576", "whole", "cut", async f => await f.ChunksAsync(5_000_000) == 0 ? "whole" : "cut"),
        ["worker.large_files.chunk_target_bytes"] = new("1048576", "65536", "long", "short", async f => await f.ChunksAsync(11_000_000) < 50 ? "long" : "short"),
        ["worker.health.check_interval_s"] = Wait("60", "2", TimeSpan.FromSeconds(1), settings => settings.HealthInterval),
        ["merge.tool.command"] = new("\"a\"", "\"b\"", "a", "b", f => Task.FromResult(MergeToolHandler.CommandOf(f.Settings) ?? "none")),
        ["diff.rename_similarity"] = new("50", "99", "1", "2", RenamesAsync),
        ["reflog.retention_d"] = new("90", "1", "kept", "gone", f => Task.FromResult(ReflogRoots(f))),
    };

    public static TheoryData<string> Keys => [.. s_rows.Keys];

    [Fact]
    public void Every_key_is_tested() =>
        Assert.Equal(SettingKeys.All.Keys.Order(StringComparer.Ordinal), s_rows.Keys.Concat(s_reserved).Concat(s_ofAProcess).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_changed_key_takes_effect_without_a_restart(string key)
    {
        var row = s_rows[key];
        await using var fixture = await Readers.CreateAsync();
        fixture.Set(key, row.Before);
        Assert.Equal(row.Seen, await row.Observe(fixture));
        fixture.Set(key, row.After);
        Assert.Equal(row.SeenAfter, await row.Observe(fixture));
    }

    [Theory]
    [InlineData("worker.large_files.vfs_enabled", "false", "3")]
    [InlineData("worker.large_files.vfs_cache_mb", "64", "0")]
    public async Task A_key_for_what_is_not_built_is_read_and_checked_and_said_to_have_no_effect(string key, string value, string wrong)
    {
        await using var fixture = await Readers.CreateAsync();
        Assert.Contains(key, s_reserved);
        Assert.Equal("no_effect", Assert.Single(fixture.SetAnyhow(key, value)).Code);
        Assert.Equal(value, Convert.ToString(fixture.Settings.Value(key), CultureInfo.InvariantCulture), ignoreCase: true);
        Assert.Equal("wrong_value", Assert.Single(fixture.SetAnyhow(key, wrong)).Code);
        Assert.Equal(value, Convert.ToString(fixture.Settings.Value(key), CultureInfo.InvariantCulture), ignoreCase: true);
    }

    private static Row Wait(string before, string after, TimeSpan unit, Func<Settings, TimeSpan> interval) => new(before, after, before, after, async f => Text(await f.WaitAsync(interval), unit));

    private static string[] Author(Readers f) => Authorship.AuthorOf(f.Settings).TrimEnd('>').Split(" <");

    private static string Text(TimeSpan time) => Text(time, TimeSpan.FromSeconds(1));

    private static string Text(TimeSpan time, TimeSpan unit) => Math.Round(time / unit).ToString(CultureInfo.InvariantCulture);

    private static string Trigger(Readers f, int files, long bytes, int secondsAgo) =>
        SnapshotTriggers.Evaluate(new PendingSummary(files, bytes, s_now.AddSeconds(-secondsAgo)), f.Settings.Triggers, s_now)?.ToString() ?? "none";

    private static async Task<string> GitIgnoreAsync(Readers f)
    {
        f.Fixture.Write(".gitignore", "left-out\n");
        using var turn = await f.Copy.Turns.TakeAsync(CancellationToken.None);
        f.Copy.Scanner.ScanAll(CancellationToken.None);
        return f.Copy.Ignores.IsIgnored(Core.Paths.TreePath.Parse("left-out").Value, isDirectory: false) ? "ignored" : "kept";
    }

    private static async Task<string> SwitchAsync(Readers f)
    {
        f.Fixture.Write("a.txt", Guid.NewGuid().ToString());
        var outcome = await f.Fixture.Operations.SwitchAsync(BranchName.Parse("other").Value, null, CancellationToken.None);
        return outcome.IsOk ? "switched" : outcome.Error.Code;
    }

    private static async Task<string> PackAsync(Readers f)
    {
        await f.Keeper.PackAsync(CancellationToken.None);
        return f.Copy.Store.UnpackedObjects == 0 ? "packed" : "gathered";
    }

    private static async Task<string> HeldAsync(Readers f) =>
        (await f.Gate.ReadAsync(f.Copy.Position.Tip!.Value, _ => false, null, CancellationToken.None)).All.Count().ToString(CultureInfo.InvariantCulture);

    private static async Task<string> RenamesAsync(Readers f)
    {
        var tip = await f.Copy.Graph.ReadSnapshotAsync(f.Copy.Position.Tip!.Value, CancellationToken.None);
        var before = await f.Copy.Graph.ReadSnapshotAsync(tip.Parents[0], CancellationToken.None);
        return (await new StateDiff(f.Copy).CompareAsync(before.Root, tip.Root, CancellationToken.None)).Count(change => change.Path.ToString() is "moved.txt" or "lines.txt").ToString(CultureInfo.InvariantCulture);
    }

    private static string ReflogRoots(Readers f)
    {
        var late = new ManualTime();
        late.Advance(TimeProvider.System.GetUtcNow().AddDays(30) - late.GetUtcNow());
        var roots = new StoreRoots(f.Copy.Store, late, f.Settings.ReflogRetention).List().Value;
        return roots.Any(root => root.Name.Contains("reflog", StringComparison.Ordinal)) ? "kept" : "gone";
    }

    /// <summary>One key: two values as TOML, and what an observer says under each.</summary>
    private sealed record Row(string Before, string After, string Seen, string SeenAfter, Func<Readers, Task<string>> Observe);

    /// <summary>What reads settings, each made once.</summary>
    private sealed class Readers : IAsyncDisposable
    {
        private readonly ManualTime _time = new();
        private readonly Channel<WatchEvent> _hints = Channel.CreateUnbounded<WatchEvent>();
        private readonly Channel<WatchEvent> _debounced = Channel.CreateUnbounded<WatchEvent>();
        private Task? _debouncing;
        private readonly string _config;
        private readonly string _log;
        private readonly AgentLog _writer;

        private Readers(CopyFixture fixture)
        {
            Fixture = fixture;
            _config = Path.Combine(fixture.Root, "..", "user.toml");
            _log = Path.Combine(fixture.Root, "..", "worker.log");
            _writer = new AgentLog(_log, TimeProvider.System, () => Settings.LogLevel);
            Gate = new SecretGate(fixture.Copy);
            Keeper = new StoreKeeper(fixture.Copy.Store, TimeProvider.System, () => Settings);
            Accounts = new AccountOperations(new ServerDirectory(new CredentialFile(Path.Combine(fixture.Root, "..", "credentials")), TimeProvider.System), () => Settings.ServerUrl, SystemEntropy.Instance);
        }

        public CopyFixture Fixture { get; }

        public W0rktree.LocalAgent.WorkingCopy.OpenCopy Copy => Fixture.Copy;

        public Settings Settings => Copy.Config.Current;

        public SecretGate Gate { get; }

        public StoreKeeper Keeper { get; }

        public AccountOperations Accounts { get; }

        private DateTimeOffset Orphaned { get; set; }

        public static async Task<Readers> CreateAsync()
        {
            var fixture = await CopyFixture.CreateAsync();
            fixture.Write("a.txt", "a\n");
            fixture.Write("lines.txt", string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\n")));
            await fixture.SnapshotAsync();
            await new Branches.BranchBook(fixture.Copy).CreateAsync("other", fixture.Copy.Position.Tip!.Value, CancellationToken.None);
            File.Delete(fixture.At("lines.txt"));
            fixture.Write("moved.txt", string.Concat(Enumerable.Range(0, 50).Select(i => i < 10 ? $"another {i}\n" : $"line {i}\n")));
            fixture.Write("token.txt", "ghp_" + "q7Zt2Kx9Lw4Rb6Vn1Mc8Py3Hd5Jf0Gs7Ta2E\n");
            fixture.Write("data", "SQLite format 3\0 rows");
            fixture.Write("files", "PK\u0003\u0004 an archive");
            fixture.Write("large", new string('.', 1_100_000));
            await fixture.SnapshotAsync();
            return new Readers(fixture);
        }

        public void Set(string key, string value) => Assert.Empty(SetAnyhow(key, value));

        public IReadOnlyList<ConfigProblem> SetAnyhow(string key, string value)
        {
            var dot = key.LastIndexOf('.');
            File.WriteAllText(_config, $"[{key[..dot]}]\n{key[(dot + 1)..]} = {value}\n");
            File.SetLastWriteTimeUtc(_config, _time.GetUtcNow().UtcDateTime.AddSeconds(value.Length + (value.GetHashCode(StringComparison.Ordinal) & 0xFFFF)));
            Assert.True(Copy.Config.Reload());
            return Settings.Problems;
        }

        /// <summary>Records a file of random bytes, longer than a chunk can be, and gives how many chunks it was cut into; 0 for none.</summary>
        public async Task<int> ChunksAsync(int sizeBytes)
        {
            var content = new byte[sizeBytes];
            Random.Shared.NextBytes(content);
            await File.WriteAllBytesAsync(Fixture.At("random"), content);
            await Fixture.SnapshotAsync();
            var id = ContentHash.OfContent(content);
            var stored = await Copy.Store.TryReadAsync(id, CancellationToken.None);
            return stored!.Kind == ObjectKind.ChunkList ? ChunkList.Decode(id, stored.Bytes.Span).Chunks.Length : 0;
        }

        public bool Logs(string text)
        {
            _writer.Debug(text);
            return File.Exists(_log) && File.ReadAllText(_log).Contains(text, StringComparison.Ordinal);
        }

        /// <summary>Waits as the loops do and gives how long it took.</summary>
        public async Task<TimeSpan> WaitAsync(Func<Settings, TimeSpan> interval)
        {
            var (wait, whole) = (Copy.Config.DelayAsync(interval, _time, CancellationToken.None), interval(Settings));
            _time.Advance(whole - TimeSpan.FromMilliseconds(1));
            Assert.False(wait.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await wait;
            return whole;
        }

        /// <summary>Sends an event through the debouncer, which runs from the first call on, and gives how long it was kept.</summary>
        public async Task<TimeSpan> DebounceAsync()
        {
            _debouncing ??= new DebounceStage(_hints.Reader, _debounced.Writer, _time, () => Settings.Debounce).RunAsync(CancellationToken.None);
            var set = _time.TimersSet;
            await _hints.Writer.WriteAsync(WatchEvent.Changed(Core.Paths.TreePath.Parse("a").Value));
            while (_time.TimersSet == set)
            {
                await Task.Yield();
            }

            // In wide steps with many turns for the stage after each: its clock must not run away while it is being scheduled.
            var began = _time.GetUtcNow();
            while (true)
            {
                _time.Advance(TimeSpan.FromMilliseconds(500));
                for (var turn = 0; turn < 20_000; turn++)
                {
                    if (_debounced.Reader.TryRead(out _))
                    {
                        return _time.GetUtcNow() - began;
                    }

                    await Task.Yield();
                }
            }
        }

        public async Task<TimeSpan> CollectAsync()
        {
            if (Orphaned == default)
            {
                await using var transaction = Copy.Store.Begin();
                var content = "nobody refers to this"u8.ToArray();
                await transaction.WriteAsync(ObjectKind.Content, ContentHash.OfContent(content), content, CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
                await Copy.Store.PackAsync(closeActive: true, CancellationToken.None);
                Orphaned = TimeProvider.System.GetUtcNow();
            }

            return (await Keeper.CollectAsync(dryRun: false, CancellationToken.None)).Value.NextDue!.Value - Orphaned;
        }

        public async ValueTask DisposeAsync()
        {
            _hints.Writer.TryComplete();
            await (_debouncing ?? Task.CompletedTask);
            Gate.Dispose();
            _writer.Dispose();
            await Fixture.DisposeAsync();
        }
    }
}
