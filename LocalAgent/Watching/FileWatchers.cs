using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Watching;

/// <summary>Chooses the watcher of the platform.</summary>
public static class FileWatchers
{
    /// <summary>Makes a watcher; nothing is watched yet.</summary>
    public static IFileWatcher Create(string root, TreePath cookieFolder) =>
        OperatingSystem.IsLinux() ? new InotifyWatcher(root, cookieFolder) : new SystemWatcher(root, cookieFolder);
}
