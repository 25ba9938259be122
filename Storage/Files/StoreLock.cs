using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using W0rktree.Core;
using W0rktree.Storage.Native;

namespace W0rktree.Storage.Files;

/// <summary>Says which process has a lock; for people, the lock itself is the kernel's.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Started">When that process started, UTC.</param>
/// <param name="Program">The program's name.</param>
public sealed record LockOwner(int Pid, DateTimeOffset Started, string Program);

/// <summary>
/// The exclusive lock of a folder or resource: a file held by flock, so that it ends with its process, however that ends.
/// The file stays when the lock is released: removing it would let two processes lock two files of one name.
/// </summary>
public sealed class StoreLock : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _path;

    private StoreLock(SafeFileHandle file, string path) => (_file, _path) = (file, path);

    /// <summary>Takes the lock at once or refuses with <c>store_locked</c>, naming the owner.</summary>
    public static Result<StoreLock> TryTake(string path, string program)
    {
        if (TryOpen(path) is not { } file)
        {
            return Refusal(path);
        }

        try
        {
            WriteOwner(file, path, program);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return new StoreLock(file, path);
    }

    /// <summary>Reads who wrote itself into the lock file last; that process may be gone.</summary>
    public static LockOwner? ReadOwner(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(ReadLocked(path), LockJson.Default.LockOwner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose()
    {
        if (LibC.IsSupported && !_file.IsClosed)
        {
            // A program that is being started at this moment still shares the open file; closing ours alone would leave it locked.
            LibC.Unlock(_file, _path);
        }

        _file.Dispose();
    }

    /// <summary>Reads past the lock: FileStream would ask for a shared lock of its own and be refused by the owner's.</summary>
    private static byte[] ReadLocked(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.ReadAllBytes(path);
        }

        using var file = LibC.Open(path, OpenFlags.Read);
        var bytes = new byte[4096];
        return bytes[..LibC.Read(file, bytes, 0, path)];
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            }
            catch (IOException)
            {
                return null;
            }
        }

        var file = LibC.Open(path, OpenFlags.ReadWrite | OpenFlags.Create, 0x180);
        if (LibC.TryLock(file, path))
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static void WriteOwner(SafeFileHandle file, string path, string program)
    {
        using var self = Process.GetCurrentProcess();
        LockOwner owner = new(self.Id, new DateTimeOffset(self.StartTime.ToUniversalTime(), TimeSpan.Zero), program);
        byte[] json = [.. JsonSerializer.SerializeToUtf8Bytes(owner, LockJson.Default.LockOwner), (byte)'\n'];

        // Not synced: after a crash of the machine no process holds the lock, whatever the file says.
        RandomAccess.SetLength(file, json.Length);
        RandomAccess.Write(file, json, 0);
    }

    private static Error Refusal(string path)
    {
        var owner = ReadOwner(path);
        var who = owner is null ? "another process" : $"{owner.Program} (pid {owner.Pid}, started {owner.Started:yyyy-MM-dd HH:mm:ss}Z)";
        return new Error("store_locked", $"The store '{System.IO.Path.GetDirectoryName(path)}' is in use by {who}.", "Stop that process, or use the one that runs.");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LockOwner))]
internal sealed partial class LockJson : JsonSerializerContext;
