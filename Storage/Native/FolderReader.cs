using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.Storage.Native;

/// <summary>
/// Reads the names of an open directory, as bytes, in the order of the file system, without <c>.</c> and <c>..</c>. A name
/// stays valid until the next call of <see cref="MoveNext"/>. Not thread safe; starts where the descriptor stands.
/// </summary>
public ref struct FolderReader
{
    private readonly SafeFileHandle _folder;
    private readonly string _path;
    private readonly Span<byte> _buffer;
    private int _filled;
    private int _position;
    private long _macPosition;

    /// <summary>Creates a reader that works in the caller's buffer: 32 KiB make few calls even for large directories.</summary>
    public FolderReader(SafeFileHandle folder, Span<byte> buffer, string path)
    {
        _folder = folder;
        _buffer = buffer;
        _path = path;
    }

    /// <summary>The bytes of the current name.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>What the current name is, as far as the directory itself says.</summary>
    public FileType Type { get; private set; }

    /// <summary>The inode of the current name.</summary>
    public ulong Inode { get; private set; }

    /// <summary>Goes to the next name; false at the end.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            if (_position >= _filled)
            {
                _filled = LibC.ReadNames(_folder, _buffer, ref _macPosition, _path);
                _position = 0;
                if (_filled == 0)
                {
                    return false;
                }
            }

            Take(_buffer[_position.._filled]);
            if (!Name.SequenceEqual("."u8) && !Name.SequenceEqual(".."u8))
            {
                return true;
            }
        }
    }

    // Linux: ino u64, off u64, reclen u16, type u8, name. macOS: ino u64, seek u64, reclen u16, namlen u16, type u8, name.
    private void Take(ReadOnlySpan<byte> record)
    {
        bool mac = OperatingSystem.IsMacOS();
        Inode = BinaryPrimitives.ReadUInt64LittleEndian(record);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(record[16..]);
        ReadOnlySpan<byte> name = record[(mac ? 21 : 19)..length];
        Name = name[..name.IndexOf((byte)0)];
        Type = record[mac ? 20 : 18] switch
        {
            0 => FileType.Unknown,
            4 => FileType.Directory,
            8 => FileType.Regular,
            10 => FileType.Symlink,
            _ => FileType.Special,
        };
        _position += length;
    }
}

public static partial class LibC
{
    // Only the two 64-bit architectures .NET runs on here; the numbers are fixed for ever by the kernel's ABI.
    private static readonly nint GetDents64 = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61;

    internal static unsafe int ReadNames(SafeFileHandle folder, Span<byte> buffer, ref long macPosition, string path)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            if (OperatingSystem.IsMacOS())
            {
                long before = macPosition;
                count = Imports.MacGetDirEntries(folder, start, buffer.Length, &before);
                macPosition = before;
            }
            else
            {
                count = Imports.GetDents(GetDents64, folder, start, buffer.Length);
            }

            return count >= 0 ? (int)count : throw new NativeIOException("getdents64", path, Marshal.GetLastPInvokeError());
        }
    }
}
