using System.Diagnostics;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Agents;

/// <summary>Second copies on a file system that can share blocks between files: a small one of their own, mounted for the test.</summary>
public sealed class SharedBlocksTests
{
    private const int LargeBytes = 6 * 1024 * 1024; // Stored in chunks.
    private const int MiddleBytes = 300_000;

    [ReflinkFact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_second_copy_shares_the_blocks_of_the_first_and_neither_sees_what_the_other_writes()
    {
        using TempFolder folder = new();
        using ReflinkFileSystem disk = new(folder);
        await using AgentProcess agent = new();
        await agent.StartAsync();
        var first = Directory.CreateDirectory(Path.Combine(disk.Path, "first")).FullName;
        byte[] large = Bytes(1, LargeBytes), middle = Bytes(2, MiddleBytes), edited = Bytes(3, MiddleBytes);
        File.WriteAllBytes(Path.Combine(first, "large"), large);
        File.WriteAllBytes(Path.Combine(first, "middle"), middle);
        File.WriteAllBytes(Path.Combine(first, "edited"), edited);
        File.WriteAllText(Path.Combine(first, "small"), "small\n");
        File.SetUnixFileMode(Path.Combine(first, "middle"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var client = await agent.ConnectAsync(first);
        await client.CallAsync(Methods.WorktreeInit, new WorktreeInitParams(first, null, "first"), IpcJson.Default.WorktreeInitParams, IpcJson.Default.WorktreeInitResult);

        // Of a file that was edited since the snapshot the copy gets what the snapshot has.
        File.AppendAllText(Path.Combine(first, "edited"), "later");
        var second = Path.Combine(disk.Path, "second");
        await client.CallAsync(Methods.CopyAdd, new CopyAddParams(second, "main"), IpcJson.Default.CopyAddParams, IpcJson.Default.CopyAddResult);
        await using var there = await agent.ConnectAsync(second);

        Assert.Empty((await there.CallAsync(Methods.Status, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.StatusResult)).Changes);
        Assert.Equal(large, File.ReadAllBytes(Path.Combine(second, "large")));
        Assert.Equal(middle, File.ReadAllBytes(Path.Combine(second, "middle")));
        Assert.Equal(edited, File.ReadAllBytes(Path.Combine(second, "edited")));
        Assert.Equal("small\n", File.ReadAllText(Path.Combine(second, "small")));
        Assert.True(File.GetUnixFileMode(Path.Combine(second, "middle")).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.GetUnixFileMode(Path.Combine(second, "large")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal([("edited", false), ("large", true), ("middle", true)], new[] { "edited", "large", "middle" }.Select(name => (name, disk.IsShared(Path.Combine(second, name)))));

        using (var file = File.OpenWrite(Path.Combine(second, "large")))
        {
            file.Write("written in the second"u8);
        }

        Assert.Equal(large, File.ReadAllBytes(Path.Combine(first, "large")));
        Assert.Equal(["large"], (await there.CallAsync(Methods.Status, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.StatusResult)).Changes.Select(change => change.Path));
    }

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

/// <summary>A btrfs in a file, mounted while it lives.</summary>
internal sealed class ReflinkFileSystem : IDisposable
{
    private const long ImageBytes = 160L << 20;

    public ReflinkFileSystem(TempFolder folder)
    {
        Path = Directory.CreateDirectory(folder.At("disk")).FullName;
        using (var image = File.Create(folder.At("image")))
        {
            image.SetLength(ImageBytes);
        }

        Run("mkfs.btrfs", "-q", folder.At("image"));
        Run("mount", "-o", "loop", folder.At("image"), Path);
    }

    public string Path { get; }

    /// <summary>Tells whether a file's blocks are also another's.</summary>
    public bool IsShared(string file) => Run("filefrag", "-v", file).Contains("shared", StringComparison.Ordinal);

    // Lazily: the agent, which ends with the test, may still have it open.
    public void Dispose() => Run("umount", "-l", Path);

    /// <summary>Runs a program of the system's, some of which are on no user's path, and gives what it printed.</summary>
    internal static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        start.FileName = (start.Environment["PATH"] ?? "").Split(':').Select(folder => System.IO.Path.Combine(folder, program)).FirstOrDefault(File.Exists) ?? program;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? printed : throw new InvalidOperationException($"{program}: {errors.Result}");
    }
}

/// <summary>Needs the right to mount, and a kernel and programs that know btrfs.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReflinkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_missing = new(Missing);

    public ReflinkFactAttribute() => Skip = s_missing.Value!;

    private static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "reflinks are tested on Linux";
        }

        try
        {
            using TempFolder folder = new();
            new ReflinkFileSystem(folder).Dispose();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"no btrfs can be mounted here: {e.Message.Trim()}";
        }
    }
}
