using W0rktree.Core.Chunking;
using W0rktree.Core.Classification;
using W0rktree.LocalAgent.Changes;

namespace W0rktree.LocalAgent.Configuration;

/// <summary>Gives the settings in force at one moment. Immutable.</summary>
public sealed class Settings
{
    private readonly IReadOnlyDictionary<string, ConfigValue> _values;
    private CuttingRules? _cutting;

    internal Settings(IReadOnlyDictionary<string, ConfigValue> values, IReadOnlyList<ConfigProblem> problems, IReadOnlyList<ConfigValue> others)
    {
        _values = values;
        Problems = problems;
        Others = others;
    }

    /// <summary>The settings where nothing is configured.</summary>
    public static Settings Default { get; } = new(new Dictionary<string, ConfigValue>(), [], []);

    /// <summary>Gets what was written somewhere and does not count.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; }

    /// <summary>Gets what the files set besides settings: keys of other versions, which are kept, and tables of the tree's own.</summary>
    internal IReadOnlyList<ConfigValue> Others { get; }

    /// <summary>Gets what tells the class of a path: the built-in table with the rules of <c>[classes]</c> over it.</summary>
    public ChangeClassifier Classifier { get; internal init; } = ChangeClassifier.Default;

    /// <summary>Gets the author's name, or null where none is configured.</summary>
    public string? UserName => Text("user.name");

    /// <summary>Gets the author's address, or null where none is configured.</summary>
    public string? UserEmail => Text("user.email");

    /// <summary>Gets the server's address, or null where none is configured.</summary>
    public string? ServerUrl => Text("server.url");

    /// <summary>Gets how much is logged: <c>debug</c>, <c>info</c>, <c>warn</c> or <c>error</c>.</summary>
    public string LogLevel => Text("worker.log_level")!;

    /// <summary>Gets how long a shutdown may take.</summary>
    public TimeSpan ShutdownTimeout => Seconds("worker.shutdown_timeout_s");

    /// <summary>Gets the debouncer's window.</summary>
    public TimeSpan Debounce => TimeSpan.FromMilliseconds(Number("worker.watcher.debounce_ms"));

    /// <summary>Gets whether the working directory is scanned at intervals instead of watched.</summary>
    public bool PollFallback => Switch("worker.watcher.poll_fallback");

    /// <summary>Gets the limits of the snapshot triggers.</summary>
    public TriggerLimits Triggers => new(
        Seconds("worker.snapshot.inactivity_timeout_s"), (int)Number("worker.snapshot.max_changed_files"), Number("worker.snapshot.max_changed_bytes"));

    /// <summary>Gets whether a switch makes a snapshot first.</summary>
    public bool SnapshotOnSwitch => Switch("worker.snapshot.on_branch_switch");

    /// <summary>Gets how often the triggers are evaluated.</summary>
    public TimeSpan EvaluateInterval => TimeSpan.FromMilliseconds(Number("worker.snapshot.evaluate_interval_ms"));

    /// <summary>Gets how many IPC connections are served at once.</summary>
    public int MaxConnections => (int)Number("worker.ipc.max_connections");

    /// <summary>Gets how long a request may be silent.</summary>
    public TimeSpan RequestTimeout => Seconds("worker.ipc.request_timeout_s");

    /// <summary>Gets how often stages are asked whether they live.</summary>
    public TimeSpan HealthInterval => Seconds("worker.health.check_interval_s");

    /// <summary>Gets whether a stage that does not answer is restarted.</summary>
    public bool RestartOnFailure => Switch("worker.health.restart_on_failure");

    /// <summary>Gets how often maintenance runs.</summary>
    public TimeSpan MaintenanceInterval => TimeSpan.FromMinutes(Number("worker.storage.gc_interval_m"));

    /// <summary>Gets for how long nothing may have referred to an object before it goes.</summary>
    public TimeSpan GracePeriod => TimeSpan.FromHours(Number("worker.storage.gc_grace_period_h"));

    /// <summary>Gets whether <c>.gitignore</c> files count too.</summary>
    public bool HonoursGitIgnore => Switch("worker.watcher.gitignore");

    /// <summary>Gets how many objects gather in the journal before they are packed.</summary>
    public long PackThreshold => Number("worker.storage.pack_threshold");

    /// <summary>Gets how long reflog entries are kept.</summary>
    public TimeSpan ReflogRetention => TimeSpan.FromDays(Number("reflog.retention_d"));

    /// <summary>Gets from which size on files are cut into chunks, and how.</summary>
    public CuttingRules Cutting => _cutting ??= CuttingRules.Of((int)Number("worker.large_files.threshold_bytes"), (int)Number("worker.large_files.chunk_target_bytes"));

    /// <summary>Gets a text setting.</summary>
    public string? Text(string name) => (string?)Value(name);

    /// <summary>Gets a number.</summary>
    public long Number(string name) => (long)Value(name)!;

    /// <summary>Gets a switch.</summary>
    public bool Switch(string name) => (bool)Value(name)!;

    /// <summary>Gets a list.</summary>
    public IReadOnlyList<string> List(string name) => (IReadOnlyList<string>)Value(name)!;

    private TimeSpan Seconds(string name) => TimeSpan.FromSeconds(Number(name));

    /// <summary>Gets the value that is in force with its place; null where it is the default.</summary>
    internal ConfigValue? OriginOf(string name) => _values.GetValueOrDefault(name);

    /// <summary>Gets a value whatever its type.</summary>
    internal object? Value(string name) => _values.TryGetValue(name, out var found) ? found.Value : SettingKeys.All[name].Default;
}
