using System.Text;
using Microsoft.Win32.SafeHandles;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.Watching;

/// <summary>
/// Notices file systems that are mounted or unmounted below a folder. The kernel wakes whoever polls the table of mounts when
/// any mount changes (proc_pid_mountinfo(5)); whether one of them concerns the folder is read from the table. Used by one thread.
/// </summary>
internal sealed class MountTable : IDisposable
{
    private const string Place = "/proc/self/mountinfo";

    /// <summary>The fields before the place of a mount: its id, the parent's, the device, the root on it.</summary>
    private const int FieldsBeforePlace = 4;

    private readonly string _root;
    private readonly SafeFileHandle _handle;
    private string _below;

    /// <summary>Opens the table.</summary>
    /// <param name="root">The absolute path of the folder.</param>
    public MountTable(ReadOnlySpan<byte> root)
    {
        _root = Escape(root);
        _handle = OpenTable();
        _below = Read();
    }

    /// <summary>Gets what becomes ready when the table changes; invalid where the system has none.</summary>
    public SafeFileHandle Handle => _handle;

    /// <summary>Tells whether what is mounted at or below the folder differs from the last look.</summary>
    public bool HasChanged()
    {
        var now = Read();
        if (now == _below)
        {
            return false;
        }

        _below = now;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Writes a path as the table does: blanks and backslashes in octal (proc_pid_mountinfo(5)).</summary>
    internal static string Escape(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder();
        foreach (var letter in path)
        {
            text.Append(letter is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\\' ? $"\\{Convert.ToString(letter, 8).PadLeft(3, '0')}" : ((char)letter).ToString());
        }

        return text.ToString();
    }

    private static SafeFileHandle OpenTable()
    {
        try
        {
            return LibC.Open(Place, OpenFlags.Read);
        }
        catch (IOException)
        {
            return new SafeFileHandle(-1, ownsHandle: false); // No /proc: mounts go unnoticed until the next scan.
        }
    }

    private string Read()
    {
        if (_handle.IsInvalid)
        {
            return "";
        }

        // Read anew each time: the handle that is polled stands at the end of the table.
        var lines = File.ReadLines(Place, Encoding.Latin1).Where(line => line.Split(' ', FieldsBeforePlace + 2) is { Length: > FieldsBeforePlace } fields
            && (fields[FieldsBeforePlace] == _root || fields[FieldsBeforePlace].StartsWith(_root + "/", StringComparison.Ordinal)));
        return string.Join('\n', lines);
    }
}
