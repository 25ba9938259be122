using W0rktree.LocalAgent.Watching;

namespace W0rktree.LocalAgent.Tests.Watching;

public sealed class NetworkFileSystemsTests
{
    private static readonly string[] s_mounts =
    [
        "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw",
        "30 22 0:50 / /home rw,relatime shared:2 - nfs4 server:/home rw,vers=4.2",
        "31 30 0:51 / /home/ada/local rw shared:3 master:1 - tmpfs tmpfs rw",
        "32 22 0:52 / /mnt/with\\040blank rw - cifs //server/share rw",
        "33 22 0:53 / /srv rw - ext4 /dev/vdb rw",
        "34 33 0:54 / /srv rw - fuse.sshfs host: rw",
        "not a line of this table",
    ];

    [Theory]
    [InlineData("/work", null)]
    [InlineData("/home/ada/shop", "nfs4")]
    [InlineData("/home/ada/local/shop", null)]
    [InlineData("/homes", null)]
    [InlineData("/mnt/with blank/x", "cifs")]
    [InlineData("/srv/shop", "fuse.sshfs")]
    public void The_nearest_mount_above_decides(string directory, string? type) => Assert.Equal(type, NetworkFileSystems.TypeOf(directory, s_mounts));
}
