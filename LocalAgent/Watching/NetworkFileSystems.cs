namespace W0rktree.LocalAgent.Watching;

/// <summary>
/// Tells whether a directory lies on a file system that others write to as well: the kernel here hears nothing of what they
/// do, so watching sees only half.
/// </summary>
internal static class NetworkFileSystems
{
    private const string MountTable = "/proc/self/mountinfo";

    // By the names that the kernel gives them; those of FUSE say nothing of where their files are, but for these.
    private static readonly HashSet<string> s_types = new(StringComparer.Ordinal)
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "lustre", "glusterfs", "gfs2", "ocfs2", "orangefs", "coda", "vboxsf", "vmhgfs", "virtiofs", "prl_fs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.vmhgfs-fuse", "fuse.davfs", "fuse.cephfs", "fuse.gcsfuse",
    };

    /// <summary>Gives the type of the file system where changes may go unseen; null where they do not, or where the system does not say.</summary>
    public static string? TypeOf(string directory)
    {
        try
        {
            return OperatingSystem.IsLinux() ? TypeOf(directory, File.ReadLines(MountTable)) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The same, by the lines of a mount table (proc(5), mountinfo).</summary>
    internal static string? TypeOf(string directory, IEnumerable<string> mounts)
    {
        var (best, type) = ("", "");
        foreach (var line in mounts)
        {
            // 36 35 98:0 /root /mount/point options … - type source options
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (fields.Length > 4 && dash > 4 && dash + 1 < fields.Length)
            {
                var point = Unescape(fields[4]);
                var isAbove = point == "/" || directory == point || directory.StartsWith(point + "/", StringComparison.Ordinal);

                // A later mount on the same point covers the earlier one.
                (best, type) = isAbove && point.Length >= best.Length ? (point, fields[dash + 1]) : (best, type);
            }
        }

        return s_types.Contains(type) ? type : null;
    }

    /// <summary>Blanks stand as <c>\040</c> there.</summary>
    private static string Unescape(string field) =>
        field.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
