using System.Text;
using Microsoft.Win32.SafeHandles;
using W0rktree.Storage.Native;

namespace W0rktree.Storage.Files;

/// <summary>Linux and macOS: every call that matters for durability goes straight to the C library.</summary>
internal sealed class PosixStoreFiles : IStoreFiles
{
    // Only the owner reads a store: it holds content that repository permissions elsewhere may withhold.
    private const int FileMode = 0x180;
    // Who writes in pieces of this size writes much: the disk works while the next piece is made, and the sync at the end is short.
    private const int StreamedBytes = 512 * 1024;
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public void CreateFolder(string folder)
    {
        if (!OperatingSystem.IsWindows() && !Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, FolderMode);
        }
    }

    public IReadOnlyList<string> ListFiles(string folder) => [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))];

    public bool Exists(string path) => File.Exists(path);

    public IStoreFile Create(string path) =>
        new PosixFile(LibC.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, FileMode), path);

    public IStoreFile Open(string path) => new PosixFile(LibC.Open(path, OpenFlags.ReadWrite), path);

    public IStoreMap Map(string path) => new MappedFile(path);

    public void Rename(string from, string to) =>
        LibC.RenameAt(LibC.WorkingFolder, Encoding.UTF8.GetBytes(from), LibC.WorkingFolder, Encoding.UTF8.GetBytes(to));

    public void Delete(string path) => LibC.UnlinkAt(LibC.WorkingFolder, Encoding.UTF8.GetBytes(path));

    public void SyncFolder(string folder) => LibC.SyncFolder(folder);

    private sealed class PosixFile(SafeFileHandle handle, string path) : IStoreFile
    {
        public string Path => path;

        public long Length => LibC.Stat(handle, path).Size;

        public int Read(Span<byte> buffer, long offset) => LibC.Read(handle, buffer, offset, path);

        public void Write(ReadOnlySpan<byte> buffer, long offset)
        {
            LibC.Write(handle, buffer, offset, path);
            if (buffer.Length >= StreamedBytes)
            {
                LibC.BeginWriteBack(handle, offset, buffer.Length);
            }
        }

        public void SetLength(long length) => LibC.SetLength(handle, length, path);

        public void SyncData() => LibC.SyncData(handle, path);

        public void Dispose() => handle.Dispose();
    }
}
