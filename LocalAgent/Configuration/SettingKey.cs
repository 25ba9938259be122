namespace W0rktree.LocalAgent.Configuration;

/// <summary>Tells what a setting holds.</summary>
public enum SettingType
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>True or false.</summary>
    Switch,

    /// <summary>A whole number within limits.</summary>
    Number,
}

/// <summary>Describes one setting that the product knows.</summary>
/// <param name="Name">The key with its tables, joined by dots.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Default">Its value where nothing sets it; null where there is none.</param>
/// <param name="Min">The least number allowed.</param>
/// <param name="Max">The greatest number allowed.</param>
public sealed record SettingKey(string Name, SettingType Type, object? Default, long Min = 0, long Max = long.MaxValue)
{
    /// <summary>Gets the environment variable that sets it.</summary>
    public string Variable { get; } = $"WT_{Name.Replace('.', '_').ToUpperInvariant()}";
}

/// <summary>Lists every setting of the product (docs/reference/configuration.md).</summary>
public static class SettingKeys
{
    private const int Day = 86_400;

    private static readonly SettingKey[] Known =
    [
        new("user.name", SettingType.Text, null),
        new("user.email", SettingType.Text, null),
        new("server.url", SettingType.Text, null),
        new("worker.log_level", SettingType.Text, "info"),
        new("worker.shutdown_timeout_s", SettingType.Number, 10L, 1, 600),
        new("worker.watcher.debounce_ms", SettingType.Number, 200L, 1, 60_000),
        new("worker.watcher.poll_fallback", SettingType.Switch, false),
        new("worker.snapshot.inactivity_timeout_s", SettingType.Number, 30L, 1, Day),
        new("worker.snapshot.max_changed_files", SettingType.Number, 50L, 1, 10_000_000),
        new("worker.snapshot.max_changed_bytes", SettingType.Number, 10_485_760L, 1),
        new("worker.snapshot.on_branch_switch", SettingType.Switch, true),
        new("worker.snapshot.evaluate_interval_ms", SettingType.Number, 1000L, 10, 60_000),
        new("worker.sync.interval_active_s", SettingType.Number, 5L, 1, Day),
        new("worker.sync.interval_idle_s", SettingType.Number, 30L, 1, Day),
        new("worker.sync.retry_backoff_base_s", SettingType.Number, 2L, 1, Day),
        new("worker.sync.retry_backoff_max_s", SettingType.Number, 300L, 1, Day),
        new("worker.storage.gc_interval_m", SettingType.Number, 30L, 1, 100_000),
        new("worker.storage.gc_grace_period_h", SettingType.Number, 24L, 1, 100_000),
        new("worker.storage.pack_threshold", SettingType.Number, 1000L, 1),
        new("worker.large_files.threshold_bytes", SettingType.Number, 10_485_760L, 1_048_576),
        new("worker.large_files.chunk_target_bytes", SettingType.Number, 1_048_576L, 65_536, 67_108_864),
        new("worker.large_files.vfs_enabled", SettingType.Switch, true),
        new("worker.large_files.vfs_cache_mb", SettingType.Number, 512L, 1, 1_048_576),
        new("worker.ipc.max_connections", SettingType.Number, 32L, 1, 1024),
        new("worker.ipc.request_timeout_s", SettingType.Number, 30L, 1, Day),
        new("worker.health.check_interval_s", SettingType.Number, 60L, 1, Day),
        new("worker.health.restart_on_failure", SettingType.Switch, true),
        new("diff.rename_similarity", SettingType.Number, 50L, 1, 100),
        new("reflog.retention_d", SettingType.Number, 90L, 1, 36_500),
    ];

    /// <summary>
    /// Tables whose keys run programs, name servers or hold credentials. A file that came with a clone must not reach them,
    /// not even for keys that only a later version knows.
    /// </summary>
    private static readonly string[] TrustedOnly = ["server", "credentials", "user", "hooks", "alias", "filter", "worker.ipc", "worker.storage"];

    /// <summary>Gets all settings by name.</summary>
    public static IReadOnlyDictionary<string, SettingKey> All { get; } = Known.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>Tells whether a key counts only from system, user and environment.</summary>
    public static bool IsTrustedOnly(string name) =>
        TrustedOnly.Any(table => name == table || (name.StartsWith(table, StringComparison.Ordinal) && name[table.Length] == '.'));
}
