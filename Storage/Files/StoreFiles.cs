namespace W0rktree.Storage.Files;

/// <summary>Gives the file system of the running platform.</summary>
public static class StoreFiles
{
    /// <summary>The real file system.</summary>
    public static IStoreFiles Default { get; } = OperatingSystem.IsWindows() ? new WindowsStoreFiles() : new PosixStoreFiles();
}
