using System.Text;
using W0rktree.Storage.Native;

namespace W0rktree.Storage.Tests.Native;

/// <summary>The system calls against the real kernel; what .NET says of the same files is the oracle.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LibCTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PosixFact]
    public void Names_are_bytes_and_need_not_be_text()
    {
        using var folder = LibC.OpenFolder(_folder.Path);
        byte[][] names = [[.. "plain"u8], [0xFF, 0xFE, (byte)'x'], [.. "ä ö"u8], [.. "line\nbreak"u8], [.. new byte[255].Select(_ => (byte)'n')]];
        foreach (var name in names)
        {
            LibC.OpenAt(folder, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive).Dispose();
        }

        LibC.CreateFolderAt(folder, "sub"u8);
        LibC.SymlinkAt([(byte)'t', 0xFF], folder, "link"u8);

        Dictionary<string, FileType> found = [];
        using var again = LibC.OpenFolder(_folder.Path);

        // So small that the kernel needs many calls.
        var reader = new FolderReader(again, new byte[512], _folder.Path);
        while (reader.MoveNext())
        {
            found[Convert.ToHexString(reader.Name)] = reader.Type;
        }

        Assert.Equal(names.Length + 2, found.Count);
        Assert.All(names, name => Assert.Contains(found[Convert.ToHexString(name)], (FileType[])[FileType.Regular, FileType.Unknown]));
        Assert.Equal(FileType.Symlink, LibC.StatAt(folder, "link"u8).Type);
        Assert.Equal(FileType.Directory, LibC.StatAt(folder, "sub"u8).Type);
        Assert.Equal((byte[])[(byte)'t', 0xFF], LibC.ReadLinkAt(folder, "link"u8));

        // The runtime could not name these files to remove them.
        Assert.All(names, name => LibC.UnlinkAt(folder, name));
    }

    [PosixFact]
    public void Stat_says_what_the_runtime_says()
    {
        var path = Path.Combine(_folder.Path, "file");
        File.WriteAllText(path, "12345");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var folder = LibC.OpenFolder(_folder.Path);

        var stat = LibC.StatAt(folder, "file"u8);

        FileInfo info = new(path);
        Assert.Equal(5, stat.Size);
        Assert.True(stat.IsExecutable);
        Assert.Equal((int)File.GetUnixFileMode(path), stat.Permissions);
        Assert.Equal((info.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks, stat.Modified.UnixNanoseconds / 100);
        Assert.Equal(1u, stat.Links);
        Assert.Equal(LibC.EffectiveUser, stat.Owner);
        using var file = LibC.OpenAt(folder, "file"u8, OpenFlags.Read);
        Assert.Equal(stat, LibC.Stat(file, path));
    }

    [PosixFact]
    public void A_modification_time_is_set_to_the_nanosecond_even_before_1970()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "file"), "");
        using var folder = LibC.OpenFolder(_folder.Path);
        foreach (var time in (long[])[1_234_567_890_123_456_789, -1_500_000_000, 0])
        {
            LibC.SetModifiedAt(folder, "file"u8, new FileTime(time));
            Assert.Equal(time, LibC.StatAt(folder, "file"u8).Modified.UnixNanoseconds);
        }
    }

    [PosixFact]
    public void Errors_name_the_call_the_path_and_the_code()
    {
        using var folder = LibC.OpenFolder(_folder.Path);

        var absent = Assert.Throws<NativeIOException>(() => LibC.OpenAt(folder, "absent"u8, OpenFlags.Read));
        Assert.Equal(("openat", "absent", Errno.NotFound, "ENOENT"), (absent.Call, absent.Path, absent.Number, absent.Name));
        Assert.Contains("ENOENT", absent.Message, StringComparison.Ordinal);

        LibC.CreateFolderAt(folder, "full"u8);
        File.WriteAllText(Path.Combine(_folder.Path, "full", "x"), "");
        Assert.Equal(Errno.NotEmpty, Assert.Throws<NativeIOException>(() => LibC.RemoveFolderAt(folder, "full"u8)).Number);
        Assert.Equal(Errno.Exists, Assert.Throws<NativeIOException>(() => LibC.CreateFolderAt(folder, "full"u8)).Number);
        Assert.Equal("EINVAL", Assert.Throws<NativeIOException>(() => LibC.UnlinkAt(folder, "with\0nul"u8)).Name);
        Assert.Equal("ENAMETOOLONG", Assert.Throws<NativeIOException>(() => LibC.StatAt(folder, new byte[5000].Select(_ => (byte)'x').ToArray())).Name);
    }

    [FullDeviceFact]
    public void A_full_device_is_an_error_and_not_a_short_write()
    {
        using var full = LibC.Open("/dev/full", OpenFlags.Write);

        Assert.Equal("ENOSPC", Assert.Throws<NativeIOException>(() => LibC.Write(full, "x"u8, "/dev/full")).Name);
    }

    [PosixFact]
    public void A_link_in_the_last_place_is_not_followed_when_asked()
    {
        using var folder = LibC.OpenFolder(_folder.Path);
        File.WriteAllText(Path.Combine(_folder.Path, "file"), "");
        LibC.SymlinkAt("file"u8, folder, "link"u8);

        Assert.Null(LibC.TryOpenAt(folder, "link"u8, OpenFlags.Read | OpenFlags.NoFollow, 0, out var errno));
        Assert.Equal(Errno.TooManyLinks, errno);
        Assert.Null(LibC.TryOpenAt(folder, "file"u8, OpenFlags.Read | OpenFlags.Directory, 0, out errno));
        Assert.Equal(Errno.NotDirectory, errno);
    }

    [PosixFact]
    public void A_rename_replaces_refuses_or_exchanges_as_told()
    {
        using var folder = LibC.OpenFolder(_folder.Path);
        string PathOf(string name) => Path.Combine(_folder.Path, name);
        File.WriteAllText(PathOf("a"), "a");
        File.WriteAllText(PathOf("b"), "b");

        Assert.Equal(Errno.Exists, Assert.Throws<NativeIOException>(() => LibC.RenameAt(folder, "a"u8, folder, "b"u8, RenameMode.NoReplace)).Number);
        LibC.RenameAt(folder, "a"u8, folder, "b"u8, RenameMode.Exchange);
        Assert.Equal(("b", "a"), (File.ReadAllText(PathOf("a")), File.ReadAllText(PathOf("b"))));
        LibC.RenameAt(folder, "a"u8, folder, "b"u8);
        Assert.Equal("b", File.ReadAllText(PathOf("b")));
        Assert.False(File.Exists(PathOf("a")));
        LibC.LinkAt(folder, "b"u8, folder, "c"u8);
        Assert.Equal(2u, LibC.StatAt(folder, "c"u8).Links);
    }

    [PosixFact]
    public void What_is_written_at_offsets_is_read_there()
    {
        var path = Path.Combine(_folder.Path, "file");
        using var file = LibC.Open(path, OpenFlags.ReadWrite | OpenFlags.Create);

        LibC.Write(file, "world"u8, 6, path);
        LibC.Write(file, "hello "u8, 0, path);
        var buffer = new byte[20];
        var count = LibC.Read(file, buffer, 0, path);
        LibC.SetLength(file, 5, path);
        LibC.SyncData(file, path);
        LibC.SyncFolder(_folder.Path);

        Assert.Equal("hello world", Encoding.UTF8.GetString(buffer, 0, count));
        Assert.Equal("hello", File.ReadAllText(path));
    }

    [PosixFact]
    public void A_mode_counts_whatever_the_umask()
    {
        var path = Path.Combine(_folder.Path, "file");
        using var file = LibC.Open(path, OpenFlags.Write | OpenFlags.Create, 0x180);

        LibC.SetMode(file, 0x1FF, Encoding.UTF8.GetBytes(path));

        Assert.Equal(0x1FF, (int)File.GetUnixFileMode(path));
    }
}

/// <summary>A test with the device that is always full, which Linux has.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FullDeviceFactAttribute : FactAttribute
{
    public FullDeviceFactAttribute() => Skip = File.Exists("/dev/full") ? null! : "There is no /dev/full here.";
}

/// <summary>A test of calls that Windows does not have.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PosixFactAttribute : FactAttribute
{
    public PosixFactAttribute() => Skip = LibC.IsSupported ? null! : "These calls are those of Linux and macOS.";
}
