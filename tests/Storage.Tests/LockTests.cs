using System.Diagnostics;
using W0rktree.Storage.Files;

namespace W0rktree.Storage.Tests;

public sealed class LockTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [FlockFact]
    public async Task A_store_that_another_process_holds_is_refused_until_that_process_is_gone()
    {
        var path = Path.Combine(_folder.Path, "lock");
        await File.WriteAllTextAsync(path, """{"pid":4711,"started":"2026-01-02T03:04:05+00:00","program":"other"}""");
        using var other = Process.Start(new ProcessStartInfo("flock", ["--close", path, "sh", "-c", "echo locked; exec cat"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("locked", await other.StandardOutput.ReadLineAsync());

        var refused = await ObjectStore.OpenAsync(_folder.Path, new StoreOptions(), default);

        Assert.Equal("store_locked", refused.Error.Code);
        Assert.Contains("other (pid 4711", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(4711, StoreLock.ReadOwner(path)!.Pid);

        // Killed, not asked to end: the lock is the kernel's.
        other.Kill(entireProcessTree: true);
        await other.WaitForExitAsync();
        await using var store = await _folder.OpenAsync();
        Assert.Equal(Environment.ProcessId, StoreLock.ReadOwner(path)!.Pid);
    }

    [Fact]
    public void A_lock_file_without_a_readable_owner_is_no_obstacle()
    {
        var path = Path.Combine(_folder.Path, "lock");
        File.WriteAllText(path, "not json");

        Assert.Null(StoreLock.ReadOwner(path));
        using var taken = StoreLock.TryTake(path, "test").Value;
        Assert.Equal("test", StoreLock.ReadOwner(path)!.Program);
    }
}

/// <summary>A test that lets the program flock of util-linux hold a lock.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FlockFactAttribute : FactAttribute
{
    public FlockFactAttribute() => Skip = File.Exists("/usr/bin/flock") ? null! : "The program flock (util-linux) is not installed.";
}
