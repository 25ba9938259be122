namespace W0rktree.Storage.Files;

/// <summary>A file mapped for reading. Thread safe: it stays mapped while anybody holds it, also after it was disposed.</summary>
public interface IStoreMap : IDisposable
{
    /// <summary>Holds the bytes until <see cref="Release"/>; every hold is released exactly once.</summary>
    /// <exception cref="ObjectDisposedException">The map was disposed.</exception>
    ReadOnlySpan<byte> Hold();

    /// <summary>Ends a hold.</summary>
    void Release();
}

/// <summary>The content of a file as an array, for file systems without mappings.</summary>
internal sealed class ArrayMap : IStoreMap
{
    private readonly byte[] _bytes;

    public ArrayMap(IStoreFiles files, string path)
    {
        using var file = files.Open(path);
        _bytes = new byte[file.Length];
        if (file.Read(_bytes, 0) != _bytes.Length)
        {
            throw new EndOfStreamException($"'{path}' became shorter while it was read.");
        }
    }

    public ReadOnlySpan<byte> Hold() => _bytes;

    public void Release()
    {
    }

    public void Dispose()
    {
    }
}
