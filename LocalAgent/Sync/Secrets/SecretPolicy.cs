using W0rktree.LocalAgent.Configuration;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>What is looked for, as configured at one moment. Equal policies find the same.</summary>
/// <param name="IsEnabled">Whether anything is.</param>
/// <param name="MaxNewFileBytes">The largest new file that goes out unasked; 0 for any.</param>
/// <param name="HeldKinds">Kinds of files that are held while new, sorted, joined by commas.</param>
/// <param name="IgnoredRules">Rules that are not applied, sorted, joined by commas.</param>
internal sealed record SecretPolicy(bool IsEnabled, long MaxNewFileBytes, string HeldKinds, string IgnoredRules)
{
    private const long BytesPerMegabyte = 1024 * 1024;

    /// <summary>Reads the settings in force.</summary>
    public static SecretPolicy Of(Settings settings) => new(
        settings.Switch("worker.secrets.enabled"),
        settings.Number("worker.secrets.max_new_file_mb") * BytesPerMegabyte,
        Sorted(settings.List("worker.secrets.hold_kinds")),
        Sorted(settings.List("worker.secrets.ignore_rules")));

    /// <summary>Tells whether new files of a kind are held.</summary>
    public bool Holds(string kind) => Has(HeldKinds, kind);

    /// <summary>Tells whether a rule is applied.</summary>
    public bool Applies(string rule) => !Has(IgnoredRules, rule);

    private static bool Has(string list, string name) => $",{list},".Contains($",{name},", StringComparison.Ordinal);

    private static string Sorted(IEnumerable<string> names) => string.Join(',', names.Order(StringComparer.Ordinal));
}
