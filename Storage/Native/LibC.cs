using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.Storage.Native;

/// <summary>
/// The system calls of Linux and macOS that .NET hides or changes: durable syncs, folder-relative paths, locks, renames
/// that do not replace. Paths are bytes without NUL; a failure throws <see cref="NativeIOException"/>. Thread safe.
/// </summary>
/// <remarks>
/// Not available on Windows, where <c>StoreFiles</c> goes through .NET instead. Buffers on the stack are not cleared: wiping
/// 4 KiB for every path costs more than many of the calls.
/// </remarks>
[SkipLocalsInit]
public static partial class LibC
{
    // Longer paths than this are refused by every kernel; the limit keeps the copy on the stack.
    private const int MaximumPathBytes = 4096;

    /// <summary>Stands for the process' working directory in calls that take a folder; absolute paths ignore it.</summary>
    public static SafeFileHandle WorkingFolder { get; } = new(OperatingSystem.IsMacOS() ? -2 : -100, ownsHandle: false);

    /// <summary>Whether these calls exist on the running platform.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>The effective user id of the process.</summary>
    public static uint EffectiveUser => Imports.GetEUid();

    /// <summary>Opens an absolute path.</summary>
    public static SafeFileHandle Open(string path, OpenFlags flags, int mode = 0x1A4) =>
        OpenAt(WorkingFolder, Encoding.UTF8.GetBytes(path), flags, mode);

    /// <summary>Opens a path relative to a folder. <paramref name="mode"/> counts only when a file is created.</summary>
    public static SafeFileHandle OpenAt(SafeFileHandle folder, ReadOnlySpan<byte> path, OpenFlags flags, int mode = 0x1A4)
    {
        SafeFileHandle? handle = TryOpenAt(folder, path, flags, mode, out int errno);
        return handle ?? throw NativeIOException.Of("openat", path, errno);
    }

    /// <summary>Opens a path relative to a folder; null with the error number when the call fails.</summary>
    public static unsafe SafeFileHandle? TryOpenAt(
        SafeFileHandle folder, ReadOnlySpan<byte> path, OpenFlags flags, int mode, out int errno)
    {
        Span<byte> buffer = stackalloc byte[MaximumPathBytes];
        fixed (byte* terminated = Terminate(path, buffer))
        {
            int native = OpenFlagNumbers.ToNative(flags);
            int descriptor;
            do
            {
                descriptor = Imports.OpenAt(folder, terminated, native, mode);
                errno = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (descriptor < 0 && errno == Errno.Interrupted);

            if (descriptor < 0)
            {
                return null;
            }

            SafeFileHandle handle = new(descriptor, ownsHandle: true);
            if (OperatingSystem.IsMacOS() && flags.HasFlag(OpenFlags.Create))
            {
                // openat is variadic: on Apple silicon the mode would travel on the stack, where nothing was put.
                SetMode(handle, mode, path);
            }

            return handle;
        }
    }

    /// <summary>Opens a directory for folder-relative calls and for reading its names.</summary>
    public static SafeFileHandle OpenFolder(string path) => Open(path, OpenFlags.Read | OpenFlags.Directory);

    /// <summary>Reads at an offset until the buffer is full or the file ends; returns the number of bytes.</summary>
    public static unsafe int Read(SafeFileHandle file, Span<byte> buffer, long offset, string path = "")
    {
        int total = 0;
        fixed (byte* start = buffer)
        {
            while (total < buffer.Length)
            {
                nint count = Imports.PRead(file, start + total, buffer.Length - total, offset + total);
                if (count == 0)
                {
                    break;
                }

                if (count > 0)
                {
                    total += (int)count;
                    continue;
                }

                ThrowUnlessInterrupted("pread", path);
            }
        }

        return total;
    }

    /// <summary>Reads from the descriptor's position once; returns 0 at the end.</summary>
    public static unsafe int Read(SafeFileHandle file, Span<byte> buffer, string path = "")
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = Imports.Read(file, start, buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                ThrowUnlessInterrupted("read", path);
            }
        }
    }

    /// <summary>Writes the whole buffer at an offset.</summary>
    public static unsafe void Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, long offset, string path = "")
    {
        int total = 0;
        fixed (byte* start = buffer)
        {
            while (total < buffer.Length)
            {
                nint count = Imports.PWrite(file, start + total, buffer.Length - total, offset + total);
                if (count >= 0)
                {
                    total += (int)count;
                    continue;
                }

                ThrowUnlessInterrupted("pwrite", path);
            }
        }
    }

    /// <summary>Writes the whole buffer at the descriptor's position.</summary>
    public static unsafe void Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, string path = "")
    {
        int total = 0;
        fixed (byte* start = buffer)
        {
            while (total < buffer.Length)
            {
                nint count = Imports.Write(file, start + total, buffer.Length - total);
                if (count >= 0)
                {
                    total += (int)count;
                    continue;
                }

                ThrowUnlessInterrupted("write", path);
            }
        }
    }

    // A caller that sees a failure must not go on, so every failure but EINTR becomes an exception here.
    private static void ThrowUnlessInterrupted(string call, string path)
    {
        int errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.Interrupted)
        {
            throw new NativeIOException(call, path, errno);
        }
    }

    private static ReadOnlySpan<byte> Terminate(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        // A NUL inside would silently name another file.
        if (path.Contains((byte)0))
        {
            throw NativeIOException.Of("path", path, Errno.InvalidArgument);
        }

        if (path.Length >= buffer.Length)
        {
            throw NativeIOException.Of("path", path, OperatingSystem.IsMacOS() ? 63 : 36);
        }

        path.CopyTo(buffer);
        buffer[path.Length] = 0;
        return buffer[..(path.Length + 1)];
    }

    private static void Check(int result, string call, ReadOnlySpan<byte> path)
    {
        if (result != 0)
        {
            throw NativeIOException.Of(call, path, Marshal.GetLastPInvokeError());
        }
    }

    private static void Check(int result, string call, string path)
    {
        if (result != 0)
        {
            throw new NativeIOException(call, path, Marshal.GetLastPInvokeError());
        }
    }
}
