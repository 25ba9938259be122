using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.LocalAgent.Watching;

/// <summary>The kernel's inotify interface (inotify(7)); numbers from <c>linux/inotify.h</c>, the same on every architecture.</summary>
internal static partial class InotifyCalls
{
    public const uint Modify = 0x2;
    public const uint Attributes = 0x4;
    public const uint CloseWrite = 0x8;
    public const uint MovedFrom = 0x40;
    public const uint MovedTo = 0x80;
    public const uint Create = 0x100;
    public const uint Delete = 0x200;
    public const uint DeleteSelf = 0x400;
    public const uint MoveSelf = 0x800;
    public const uint Unmounted = 0x2000;
    public const uint QueueOverflow = 0x4000;
    public const uint Ignored = 0x8000;
    public const uint OnlyDirectories = 0x0100_0000;
    public const uint DoNotFollow = 0x0200_0000;
    public const uint ExcludeUnlinked = 0x0400_0000;
    public const uint IsDirectory = 0x4000_0000;

    /// <summary>What a directory of the tree is watched for.</summary>
    public const uint DirectoryMask = Modify | Attributes | CloseWrite | MovedFrom | MovedTo | Create | Delete | DeleteSelf
        | MoveSelf | OnlyDirectories | DoNotFollow | ExcludeUnlinked;

    /// <summary>The fixed part of <c>struct inotify_event</c>: descriptor, mask, cookie, length of the name.</summary>
    public const int HeaderBytes = 16;

    public const int NoEntry = 2;
    public const int NotADirectory = 20;
    public const int AccessDenied = 13;
    public const int TooManyWatches = 28;

    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const short PollIn = 1;
    private const short PollPriority = 2;

    public static SafeFileHandle Open()
    {
        var descriptor = Init(NonBlocking | CloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"inotify could not be opened (errno {Marshal.GetLastPInvokeError()}); fs.inotify.max_user_instances may be too low.");
    }

    public static SafeFileHandle OpenWakeUp()
    {
        var descriptor = EventFd(0, NonBlocking | CloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"eventfd failed (errno {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>Waits until events can be read, somebody wakes the waiter, or the table of mounts changes (proc_pid_mountinfo(5)).</summary>
    public static void Wait(SafeFileHandle events, SafeFileHandle wakeUp, SafeFileHandle mounts, int timeoutMs, out bool mounted)
    {
        Span<PollEntry> entries =
        [
            new PollEntry { Descriptor = (int)events.DangerousGetHandle(), Events = PollIn },
            new PollEntry { Descriptor = (int)wakeUp.DangerousGetHandle(), Events = PollIn },
            new PollEntry { Descriptor = mounts.IsInvalid ? -1 : (int)mounts.DangerousGetHandle(), Events = PollPriority },
        ];
        mounted = Poll(entries, (nuint)entries.Length, timeoutMs) > 0 && entries[2].Returned != 0;
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Init(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true)]
    public static partial int AddWatch(SafeFileHandle inotify, ReadOnlySpan<byte> path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int RemoveWatch(SafeFileHandle inotify, int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle handle, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle handle, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Span<PollEntry> entries, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
