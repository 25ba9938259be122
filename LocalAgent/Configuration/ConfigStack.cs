namespace W0rktree.LocalAgent.Configuration;

/// <summary>
/// Holds the settings of one user, or of one worktree on top of the user's, and takes up changes of the files while the
/// agent runs. Thread-safe.
/// </summary>
public sealed class ConfigStack
{
    private readonly Lock _reloading = new();
    private readonly ConfigFile[] _files;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private volatile Settings _current = Settings.Default;

    private ConfigStack(ConfigFile[] files, IReadOnlyDictionary<string, string> environment)
    {
        _files = files;
        _environment = environment;
        Reload();
    }

    /// <summary>Raised after <see cref="Current"/> changed.</summary>
    public event Action<Settings>? Changed;

    /// <summary>Gets the settings in force.</summary>
    public Settings Current => _current;

    /// <summary>Reads system and user configuration.</summary>
    public static ConfigStack ForUser(ConfigPaths paths, IReadOnlyDictionary<string, string> environment) =>
        new([new ConfigFile(paths.System, isTrusted: true), new ConfigFile(paths.User, isTrusted: true)], environment);

    /// <summary>Reads system, user and worktree configuration.</summary>
    public static ConfigStack ForWorktree(ConfigPaths paths, string root, IReadOnlyDictionary<string, string> environment) =>
        new(
            [
                new ConfigFile(paths.System, isTrusted: true),
                new ConfigFile(paths.User, isTrusted: true),
                new ConfigFile(Path.Combine(root, ".wt", "config.toml"), isTrusted: false),
                new ConfigFile(Path.Combine(root, ".wt-tree", "config.toml"), isTrusted: false),
            ],
            environment);

    /// <summary>Looks at the files and takes up what changed. Gives whether anything did.</summary>
    public bool Reload()
    {
        lock (_reloading)
        {
            return ReloadFiles();
        }
    }

    private bool ReloadFiles()
    {
        var changed = false;
        foreach (var file in _files)
        {
            changed |= file.Reload();
        }

        if (changed)
        {
            _current = SettingsMerge.Merge(_files.Select(file => file.Layer), _environment);
            Changed?.Invoke(_current);
        }
        else if (ReferenceEquals(_current, Settings.Default))
        {
            _current = SettingsMerge.Merge(_files.Select(file => file.Layer), _environment);
        }

        return changed;
    }
}

/// <summary>Names the files that every worktree of a user shares.</summary>
public sealed record ConfigPaths(string System, string User)
{
    /// <summary>Gives the places of this platform.</summary>
    public static ConfigPaths For(string configFolder) => new(
        OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "W0rkTree", "config.toml")
            : "/etc/w0rktree/config.toml",
        Path.Combine(configFolder, "config.toml"));
}
