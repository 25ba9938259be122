using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Watching;

/// <summary>Tells what a <see cref="WatchEvent"/> is about.</summary>
public enum WatchEventKind : byte
{
    /// <summary>The entry at the path may differ from what was seen last.</summary>
    Changed,

    /// <summary>The entry at the path and everything below it may differ: a directory appeared, moved or went away.</summary>
    SubtreeChanged,

    /// <summary>Events were lost: only a scan tells the truth.</summary>
    Rescan,

    /// <summary>A cookie file was seen: every write that finished before it was made lies in front of this event.</summary>
    Cookie,
}

/// <summary>A hint from the file system. Hints say where to look; what is there is read from the file system itself.</summary>
/// <param name="Kind">What the hint is about.</param>
/// <param name="Path">The place; the root for <see cref="WatchEventKind.Rescan"/> and <see cref="WatchEventKind.Cookie"/>.</param>
/// <param name="IsDirectory">Whether the watcher took the entry for a directory.</param>
/// <param name="Reason">Why a rescan is needed, as a sentence for <c>wt worker status</c>.</param>
/// <param name="Number">The number of the cookie.</param>
public readonly record struct WatchEvent(WatchEventKind Kind, TreePath Path, bool IsDirectory, string? Reason, long Number)
{
    /// <summary>Says that one entry may differ.</summary>
    public static WatchEvent Changed(TreePath path) => new(WatchEventKind.Changed, path, false, null, 0);

    /// <summary>Says that a directory and everything below may differ.</summary>
    public static WatchEvent Subtree(TreePath path) => new(WatchEventKind.SubtreeChanged, path, true, null, 0);

    /// <summary>Says that events were lost.</summary>
    public static WatchEvent Rescan(string reason) => new(WatchEventKind.Rescan, TreePath.Root, true, reason, 0);

    /// <summary>Says that a cookie came through.</summary>
    public static WatchEvent Cookie(long number) => new(WatchEventKind.Cookie, TreePath.Root, false, null, number);
}
