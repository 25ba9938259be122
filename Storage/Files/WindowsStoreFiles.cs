using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using W0rktree.Storage.Native;

namespace W0rktree.Storage.Files;

/// <summary>Windows: .NET for files, FlushFileBuffers for durability; NTFS makes names durable with the journal of the volume.</summary>
internal sealed partial class WindowsStoreFiles : IStoreFiles
{
    public void CreateFolder(string folder) => Directory.CreateDirectory(folder);

    public IReadOnlyList<string> ListFiles(string folder) => [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))];

    public bool Exists(string path) => File.Exists(path);

    public IStoreFile Create(string path) => OpenFile(path, FileMode.CreateNew);

    public IStoreFile Open(string path) => OpenFile(path, FileMode.Open);

    public IStoreMap Map(string path) => new MappedFile(path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    public void SyncFolder(string folder)
    {
        // Windows has no flush for folders; renames are ordered by the file system's own journal.
    }

    private static WindowsFile OpenFile(string path, FileMode mode) =>
        new(File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), path);

    private sealed partial class WindowsFile(SafeFileHandle handle, string path) : IStoreFile
    {
        public string Path => path;

        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> buffer, long offset)
        {
            var total = 0;
            int count;
            while (total < buffer.Length && (count = RandomAccess.Read(handle, buffer[total..], offset + total)) > 0)
            {
                total += count;
            }

            return total;
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset) => RandomAccess.Write(handle, buffer, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void SyncData()
        {
            if (!FlushFileBuffers(handle))
            {
                throw new NativeIOException(nameof(FlushFileBuffers), path, Marshal.GetLastPInvokeError());
            }
        }

        public void Dispose() => handle.Dispose();

        [LibraryImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static partial bool FlushFileBuffers(SafeFileHandle file);
    }
}
