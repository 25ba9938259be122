namespace W0rktree.Storage.Files;

/// <summary>The file system as the store sees it; a test gives one that fails or loses what was not synced. Thread safe.</summary>
public interface IStoreFiles
{
    /// <summary>Creates a folder and its parents where they are absent.</summary>
    void CreateFolder(string folder);

    /// <summary>Lists the names of the files in a folder.</summary>
    IReadOnlyList<string> ListFiles(string folder);

    /// <summary>Tells whether a file is there.</summary>
    bool Exists(string path);

    /// <summary>Creates a file that must not exist and opens it for reading and writing.</summary>
    IStoreFile Create(string path);

    /// <summary>Opens an existing file for reading and writing.</summary>
    IStoreFile Open(string path);

    /// <summary>Maps an existing file into memory for reading. What it was opened on must not change.</summary>
    IStoreMap Map(string path) => new ArrayMap(this, path);

    /// <summary>Renames a file, replacing the target atomically.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file.</summary>
    void Delete(string path);

    /// <summary>Makes the names in a folder durable. A failure means that nothing about them is known any more.</summary>
    void SyncFolder(string folder);
}

/// <summary>An open file that is read and written at offsets. Thread safe.</summary>
public interface IStoreFile : IDisposable
{
    /// <summary>The path the file was opened by.</summary>
    string Path { get; }

    /// <summary>The current length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads at an offset until the buffer is full or the file ends; returns the number of bytes.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes the whole buffer at an offset.</summary>
    void Write(ReadOnlySpan<byte> buffer, long offset);

    /// <summary>Sets the length.</summary>
    void SetLength(long length);

    /// <summary>Makes the content durable. Never retried by anyone: see <see cref="StorePoisonedException"/>.</summary>
    void SyncData();
}
