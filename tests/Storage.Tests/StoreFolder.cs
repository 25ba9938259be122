using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Tests;

/// <summary>A temporary folder with a store in it, and short ways to use it.</summary>
internal sealed class StoreFolder : IDisposable
{
    // Thousands of stores are opened here, each with its syncs; in memory those cost nothing, and what a disk may do with
    // what was not synced is the subject of PowerLossTests.
    private static readonly string Root = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();

    public StoreFolder() => Path = Directory.CreateDirectory(System.IO.Path.Combine(Root, $"wt-store-{Guid.NewGuid():N}")).FullName;

    public string Path { get; }

    public string Journal => System.IO.Path.Combine(Path, "journal");

    public async Task<ObjectStore> OpenAsync(int segmentBytes = 64 * 1024 * 1024) =>
        (await ObjectStore.OpenAsync(Path, new StoreOptions { SegmentBytes = segmentBytes }, default)).Value;

    /// <summary>Copies the folder as a crash would leave it: without closing anything.</summary>
    public StoreFolder Copy()
    {
        var copy = new StoreFolder();
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Where(file => System.IO.Path.GetFileName(file) != "lock"))
        {
            var target = System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class StoreShortcuts
{
    public static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    public static async Task<ContentHash> WriteAsync(this StoreTransaction transaction, string text)
    {
        var id = ContentHash.OfContent(Bytes(text));
        await transaction.WriteAsync(ObjectKind.Content, id, Bytes(text), default);
        return id;
    }

    public static async Task<ContentHash> AddAsync(this ObjectStore store, string text)
    {
        using var transaction = store.Begin();
        var id = await transaction.WriteAsync(text);
        await transaction.CommitAsync(default);
        return id;
    }

    public static async Task<string?> TextAsync(this ObjectStore store, ContentHash id) =>
        await store.TryReadAsync(id, default) is { } found ? System.Text.Encoding.UTF8.GetString(found.Bytes.Span) : null;

    public static string? Text(this ObjectStore store, string table, string key) =>
        store.Get(table, key) is { } value ? System.Text.Encoding.UTF8.GetString(value.Span) : null;
}
