using System.Text;
using Microsoft.Win32.SafeHandles;
using W0rktree.Storage.Native;

namespace W0rktree.Storage.Files;

/// <summary>Replaces whole files so that a reader, and the next start after a crash, sees the old or the new content.</summary>
public static class AtomicFile
{
    /// <summary>The end of the names of unfinished files; leftovers of a crash carry it and may be removed.</summary>
    public const string UnfinishedSuffix = ".wt-tmp";

    /// <summary>
    /// Writes a file: temporary name beside it, sync, rename, sync of the folder. <paramref name="mode"/> is the permission
    /// bits on Linux and macOS. Blocks for the length of two syncs.
    /// </summary>
    /// <exception cref="IOException">Any step failed; the old content is still there, and may or may not be durable.</exception>
    public static ValueTask WriteAsync(
        string path, ReadOnlyMemory<byte> bytes, int mode = 0x1A4, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (OperatingSystem.IsWindows())
        {
            Write(StoreFiles.Default, path, bytes.Span);
            return ValueTask.CompletedTask;
        }

        var temporary = $"{path}.{Guid.NewGuid():N}{UnfinishedSuffix}";
        using (SafeFileHandle file = LibC.Open(temporary, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive, mode))
        {
            try
            {
                // The umask applies to open, and a caller who asks for a mode means it.
                LibC.SetMode(file, mode, Encoding.UTF8.GetBytes(temporary));
                LibC.Write(file, bytes.Span, offset: 0, temporary);
                LibC.SyncAll(file, temporary);
                StoreFiles.Default.Rename(temporary, path);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }

        LibC.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return ValueTask.CompletedTask;
    }

    // One writer per store, so a fixed temporary name is enough and a leftover is replaced by the next write.
    internal static void Write(IStoreFiles files, string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + UnfinishedSuffix;
        if (files.Exists(temporary))
        {
            files.Delete(temporary);
        }

        using (var file = files.Create(temporary))
        {
            file.Write(bytes, 0);
            file.SyncData();
        }

        files.Rename(temporary, path);
        files.SyncFolder(Path.GetDirectoryName(path)!);
    }
}
