using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using W0rktree.Core.Secrets;

namespace W0rktree.Core.Tests.Secrets;

public sealed class HeldFilesTests
{
    [Fact]
    public void Archives_are_told_whatever_they_are_called()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            archive.CreateEntry("a");
        }

        using var gzip = new MemoryStream();
        using (var packed = new GZipStream(gzip, CompressionMode.Compress, leaveOpen: true))
        {
            packed.Write("hello"u8);
        }

        Assert.Equal(HeldFiles.Archive, Find("holiday.bin", zip.ToArray()));
        Assert.Equal(HeldFiles.Archive, Find("backup", gzip.ToArray()));
        Assert.Equal(HeldFiles.Archive, Find("x", Tar()));
        Assert.Null(Find("report.docx", zip.ToArray()));
        Assert.Null(Find("gradle-wrapper.jar", zip.ToArray()));
        Assert.Null(Find("notes.zip", "only a text of that name\n"u8.ToArray()));
    }

    [Fact]
    public void Databases_are_told_by_their_first_bytes()
    {
        Assert.Equal(HeldFiles.Database, Find("users.data", [.. "SQLite format 3\0"u8, .. new byte[100]]));
        Assert.Equal(HeldFiles.Database, Find("dump.sql", [.. "-- MySQL dump 10.13\n"u8]));
        Assert.Equal(HeldFiles.Database, Find("dump.rdb", [.. "REDIS0011"u8, 0xFA, .. new byte[10]]));
        Assert.Null(Find("schema.sql", [.. "CREATE TABLE a (b int);\n"u8]));
    }

    [Fact]
    public void Core_dumps_are_told_from_programs()
    {
        byte[] Elf(byte type) => [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, type, 0, 0x3E, 0, .. new byte[44]];
        Assert.Equal(HeldFiles.CoreDump, Find("core.1234", Elf(4)));
        Assert.Null(Find("app", Elf(2)));
        Assert.Equal(HeldFiles.CoreDump, Find("heap", [.. "JAVA PROFILE 1.0.2\0"u8]));
        Assert.Null(Find("core", "a text called core\n"u8.ToArray()));
    }

    [Fact]
    public void Disk_images_are_told_by_their_first_bytes()
    {
        var iso = new byte[HeldFiles.HeadBytes];
        "CD001"u8.CopyTo(iso.AsSpan(32_769));
        var ext = new byte[2048];
        (ext[1080], ext[1081], ext[1082], ext[1084]) = (0x53, 0xEF, 1, 1);
        Assert.Equal(HeldFiles.DiskImage, Find("a", iso));
        Assert.Equal(HeldFiles.DiskImage, Find("rootfs", ext));
        Assert.Equal(HeldFiles.DiskImage, Find("vm", [0x51, 0x46, 0x49, 0xFB, 0, 0, 0, 3]));
    }

    [Fact]
    public void Key_stores_are_told_by_name_and_bytes()
    {
        Assert.Equal(HeldFiles.KeyStore, Find("signing.p12", [0x30, 0x82, 0x0A, 0x00, 0x02, 0x01, 0x03]));
        Assert.Equal(HeldFiles.KeyStore, Find("debug", [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]));
    }

    private static string? Find(string path, byte[] content) => HeldFiles.Find(Encoding.UTF8.GetBytes(path), content.AsSpan(0, Math.Min(content.Length, HeldFiles.HeadBytes)), content.Length);

    /// <summary>Made by tar itself, where there is one.</summary>
    private static byte[] Tar()
    {
        using var tar = Process.Start(new ProcessStartInfo("tar", ["-cf", "-", "/etc/hostname"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        using var bytes = new MemoryStream();
        tar.StandardOutput.BaseStream.CopyTo(bytes);
        tar.WaitForExit();
        return bytes.ToArray();
    }
}
