using Microsoft.Win32.SafeHandles;

namespace W0rktree.Storage.Native;

public static partial class LibC
{
    /// <summary>
    /// Opens a name of a folder, fills the buffer from it, asks what it is and closes it: four calls and no object, for who reads
    /// every file there is. Gives how many bytes were read; -1 where a call failed, and <see cref="TryOpenAt"/> then tells why. Linux only.
    /// </summary>
    public static unsafe int TryReadAt(SafeFileHandle folder, ReadOnlySpan<byte> name, OpenFlags flags, Span<byte> buffer, out FileStat stat)
    {
        stat = default;
        Span<byte> path = stackalloc byte[MaximumPathBytes];
        Span<byte> raw = stackalloc byte[StatxBytes];
        fixed (byte* terminated = Terminate(name, path), start = buffer, result = raw)
        {
            var file = Imports.OpenAt(folder, terminated, OpenFlagNumbers.ToNative(flags), 0);
            if (file < 0)
            {
                return -1;
            }

            var total = 0;
            while (total < buffer.Length)
            {
                var count = Imports.ReadDescriptor(file, start + total, buffer.Length - total);
                if (count <= 0)
                {
                    total = count < 0 ? -1 : total;
                    break;
                }

                total += (int)count;
            }

            path[0] = 0;
            if (total >= 0 && Imports.StatXDescriptor(file, terminated, 0x1000, StatxBasic, result) == 0)
            {
                stat = FileStat.FromStatx(raw);
            }
            else
            {
                total = -1;
            }

            _ = Imports.CloseDescriptor(file);
            return total;
        }
    }
}
