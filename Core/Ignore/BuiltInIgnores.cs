namespace W0rktree.Core.Ignore;

/// <summary>The rules that come with the product: hard ones nobody can change, and defaults that any file can negate.</summary>
public static class BuiltInIgnores
{
    /// <summary>The source that verdicts give for hard rules.</summary>
    public const string HardSource = "<hard>";

    /// <summary>The source that verdicts give for the soft defaults.</summary>
    public const string DefaultSource = "<default>";

    private static readonly IgnoreFile DefaultRules = ParseDefaults(ignoreCase: false);
    private static readonly IgnoreFile DefaultRulesIgnoringCase = ParseDefaults(ignoreCase: true);

    internal static IgnoreVerdict Git { get; } = Hard(1, ".git");

    internal static IgnoreVerdict VirtualFiles { get; } = Hard(2, ".wt-vfs");

    internal static IgnoreVerdict WorktreeState { get; } = Hard(3, ".wt/*");

    internal static IgnoreVerdict TreeState { get; } = Hard(4, ".wt-tree/*");

    internal static IgnoreVerdict VersionedConfig { get; } = Hard(5, "!config.toml");

    internal static IgnoreVerdict VersionedIgnore { get; } = Hard(6, "!ignore");

    internal static IgnoreVerdict VersionedAccess { get; } = Hard(7, "!access/**");

    internal static IgnoreVerdict VersionedFolder { get; } = Hard(8, "!.wt*/");

    /// <summary>Gives the soft defaults.</summary>
    public static IgnoreFile Defaults(bool ignoreCase = false) => ignoreCase ? DefaultRulesIgnoringCase : DefaultRules;

    private static IgnoreVerdict Hard(int line, string pattern) => IgnoreVerdict.By(new(HardSource, line, pattern));

    private static IgnoreFile ParseDefaults(bool ignoreCase) => IgnoreFile.Parse(
        DefaultSource,
        """
        node_modules/
        target/
        __pycache__/
        *.pyc
        .DS_Store
        Thumbs.db
        *.swp
        *.swo
        *~
        """u8,
        ignoreCase);
}
