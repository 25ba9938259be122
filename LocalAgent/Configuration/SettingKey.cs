using W0rktree.Core.Chunking;
using W0rktree.Core.Secrets;

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

    /// <summary>A list of words; in a variable separated by commas.</summary>
    List,
}

/// <summary>Describes one setting that the product knows.</summary>
/// <param name="Name">The key with its tables, joined by dots.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Default">Its value where nothing sets it; null where there is none.</param>
/// <param name="About">What it does, in half a sentence.</param>
/// <param name="Min">The least number allowed.</param>
/// <param name="Max">The greatest number allowed.</param>
public sealed record SettingKey(string Name, SettingType Type, object? Default, string About, long Min = 0, long Max = long.MaxValue)
{
    /// <summary>Gets the environment variable that sets it.</summary>
    public string Variable { get; } = $"WT_{Name.Replace('.', '_').ToUpperInvariant()}";

    /// <summary>Gets whether it is read and checked, and nothing in this version goes by it; whoever sets it is told so.</summary>
    public bool IsReserved { get; init; }

    /// <summary>Gets the words of which a text is one, or of which a list consists; empty for any.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>Lists every setting of the product (docs/reference/configuration.md).</summary>
public static class SettingKeys
{
    private const int Day = 86_400;

    private static readonly string[] FileKinds = [HeldFiles.Archive, HeldFiles.CoreDump, HeldFiles.Database, HeldFiles.DiskImage, HeldFiles.KeyStore];

    private static readonly SettingKey[] Known =
    [
        new("user.name", SettingType.Text, null, "the author's name"),
        new("user.email", SettingType.Text, null, "the author's address"),
        new("server.url", SettingType.Text, null, "the server that `wt login` and `wt clone OWNER/NAME` mean"),
        new("worker.log_level", SettingType.Text, "info", "how much is logged") { Words = ["debug", "info", "warn", "error"] },
        new("worker.shutdown_timeout_s", SettingType.Number, 10L, "how long a shutdown may take", 1, 600),
        new("worker.watcher.debounce_ms", SettingType.Number, 200L, "the quiet time after which events of a path are one change", 1, 60_000),
        new("worker.watcher.poll_fallback", SettingType.Switch, false, "scan at intervals instead of watching"),
        new("worker.watcher.gitignore", SettingType.Switch, true, "honour `.gitignore` files too, below the rules of `.wt/ignore`"),
        new("worker.snapshot.inactivity_timeout_s", SettingType.Number, 30L, "a snapshot is made when nothing changed for so long", 1, Day),
        new("worker.snapshot.max_changed_files", SettingType.Number, 50L, "a snapshot is made when more files changed", 1, 10_000_000),
        new("worker.snapshot.max_changed_bytes", SettingType.Number, 10_485_760L, "a snapshot is made when more bytes changed", 1),
        new("worker.snapshot.on_branch_switch", SettingType.Switch, true, "a snapshot is made before a switch; else unsaved changes refuse it"),
        new("worker.snapshot.evaluate_interval_ms", SettingType.Number, 1000L, "how often that is looked at", 10, 60_000),
        new("worker.sync.interval_active_s", SettingType.Number, 5L, "how often sync runs while something waits", 1, Day),
        new("worker.sync.interval_idle_s", SettingType.Number, 30L, "how often sync runs while nothing waits", 1, Day),
        new("worker.sync.retry_backoff_base_s", SettingType.Number, 2L, "the first pause after a failure; it doubles", 1, Day),
        new("worker.sync.retry_backoff_max_s", SettingType.Number, 300L, "the longest pause after failures", 1, Day),
        new("worker.storage.gc_interval_m", SettingType.Number, 30L, "how often maintenance runs", 1, 100_000),
        new("worker.storage.gc_grace_period_h", SettingType.Number, 24L, "for how long nothing may have referred to an object before it goes", 1, 100_000),
        new("worker.storage.pack_threshold", SettingType.Number, 1000L, "how many objects gather before they are packed", 1),
        new("worker.secrets.enabled", SettingType.Switch, true, "look for secrets before anything leaves"),
        new("worker.secrets.max_new_file_mb", SettingType.Number, 50L, "the largest new file that goes out unasked, in MiB; 0 for any", 0, 1_048_576),
        new("worker.secrets.hold_kinds", SettingType.List, FileKinds, "kinds of new files that are held back") { Words = FileKinds },
        new("worker.secrets.ignore_rules", SettingType.List, Array.Empty<string>(), "rules for secrets that are not applied"),
        new("worker.large_files.threshold_bytes", SettingType.Number, 10_485_760L, "larger files are cut into chunks, so that an edit stores and sends only what is around it", CuttingRules.MinThresholdBytes, ChunkList.ThresholdBytes),
        new("worker.large_files.chunk_target_bytes", SettingType.Number, 1_048_576L, "how many bytes a chunk has on average", CuttingRules.MinTargetBytes, CuttingRules.MaxTargetBytes),
        new("worker.large_files.vfs_enabled", SettingType.Switch, true, "no effect yet: large files on demand, which this version does not have") { IsReserved = true },
        new("worker.large_files.vfs_cache_mb", SettingType.Number, 512L, "no effect yet, likewise", 1, 1_048_576) { IsReserved = true },
        new("worker.ipc.max_connections", SettingType.Number, 32L, "how many clients are served at once", 1, 1024),
        new("worker.ipc.request_timeout_s", SettingType.Number, 30L, "how long a request may be silent", 1, Day),
        new("worker.health.check_interval_s", SettingType.Number, 60L, "how often the stages are asked whether they live", 1, Day),
        new("worker.health.restart_on_failure", SettingType.Switch, true, "a stage that does not answer is started anew"),
        new("merge.tool.command", SettingType.Text, null, "a line for the shell that 'wt resolve --tool' runs, with $BASE, $OURS, $THEIRS and $MERGED"),
        new("diff.rename_similarity", SettingType.Number, 50L, "how alike two files must be to count as a rename, in percent", 1, 100),
        new("reflog.retention_d", SettingType.Number, 90L, "for how many days the reflog keeps what it names", 1, 36_500),
    ];

    /// <summary>
    /// Tables whose keys run programs, name servers, hold credentials or guard the machine. A file that came with a clone must
    /// not reach them, not even for keys that only a later version knows.
    /// </summary>
    private static readonly string[] TrustedOnly = ["server", "credentials", "user", "hooks", "alias", "filter", "merge.tool", "worker.ipc", "worker.storage", "worker.secrets", "worker.log_level", "worker.shutdown_timeout_s", "worker.health"];

    /// <summary>Gets all settings by name.</summary>
    public static IReadOnlyDictionary<string, SettingKey> All { get; } = Known.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>Gets all settings in the order of the reference.</summary>
    public static IReadOnlyList<SettingKey> Ordered => Known;

    /// <summary>Tells whether a key counts only from system, user and environment.</summary>
    public static bool IsTrustedOnly(string name) =>
        TrustedOnly.Any(table => name == table || (name.StartsWith(table, StringComparison.Ordinal) && name[table.Length] == '.'));

    /// <summary>Tells whether a table's keys are the tree's own and not settings of this list: patterns of classes, access rules, licences.</summary>
    public static bool IsOpenTable(string name) => name.StartsWith("classes.", StringComparison.Ordinal) || name.StartsWith("license.", StringComparison.Ordinal);
}
