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

    private ConfigStack(IReadOnlyList<ConfigSource> sources, IReadOnlyDictionary<string, string> environment)
    {
        Sources = sources;
        _files = [.. sources.Select(source => new ConfigFile(source.Path, source.IsTrusted))];
        _environment = environment;
        Reload();
    }

    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Raised after <see cref="Current"/> changed.</summary>
    public event Action<Settings>? Changed;

    /// <summary>Gets the settings in force.</summary>
    public Settings Current => _current;

    /// <summary>Reads system and user configuration.</summary>
    public static ConfigStack ForUser(ConfigPaths paths, IReadOnlyDictionary<string, string> environment) =>
        new([new ConfigSource("system", paths.System, true), new ConfigSource("user", paths.User, true)], environment);

    /// <summary>Reads system, user and worktree configuration.</summary>
    public static ConfigStack ForWorktree(ConfigPaths paths, string root, IReadOnlyDictionary<string, string> environment) =>
        new(
            [
                new ConfigSource("system", paths.System, true),
                new ConfigSource("user", paths.User, true),
                new ConfigSource("worktree", Path.Combine(root, ".wt", "config.toml"), false),
                new ConfigSource("tree", Path.Combine(root, ".wt-tree", "config.toml"), false),
            ],
            environment);

    /// <summary>Gets the files, the weakest first, with the name of each level.</summary>
    public IReadOnlyList<ConfigSource> Sources { get; }

    /// <summary>Looks at the files and takes up what changed. Gives whether anything did.</summary>
    public bool Reload()
    {
        lock (_reloading)
        {
            return ReloadFiles();
        }
    }

    /// <summary>
    /// Waits for an interval that is a setting. When the setting changes meanwhile, the wait is as long as the new value says,
    /// counted from its beginning.
    /// </summary>
    public async Task DelayAsync(Func<Settings, TimeSpan> interval, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var changed = Volatile.Read(ref _next).Task;
            var left = interval(_current) - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(Task.Delay(left, time, stop.Token), changed);
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
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
            _current = SettingsMerge.Merge(_files.Select(file => file.Layer), _environment, _current);
            Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            Changed?.Invoke(_current);
        }
        else if (ReferenceEquals(_current, Settings.Default))
        {
            _current = SettingsMerge.Merge(_files.Select(file => file.Layer), _environment, _current);
        }

        return changed;
    }
}

/// <summary>One file of the configuration.</summary>
/// <param name="Level">Its name: <c>system</c>, <c>user</c>, <c>worktree</c> or <c>tree</c>.</param>
/// <param name="Path">The file, there or not.</param>
/// <param name="IsTrusted">Whether it is the user's or the machine's own, not one that came with a clone.</param>
public sealed record ConfigSource(string Level, string Path, bool IsTrusted);

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
