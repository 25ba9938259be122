namespace W0rktree.LocalAgent.Archiving;

/// <summary>What stands in an archive. Names are bytes, relative, without a trailing <c>/</c>.</summary>
internal enum ArchiveItemKind
{
    /// <summary>A file that is not executable.</summary>
    File,

    /// <summary>An executable file.</summary>
    Executable,

    /// <summary>A symbolic link; its content is the target.</summary>
    Symlink,

    /// <summary>A folder.</summary>
    Folder,
}

/// <summary>Writes one kind of archive.</summary>
internal interface IArchiveFormat : IAsyncDisposable
{
    /// <summary>Adds an item.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="sizeBytes">The length of its content; 0 for a folder.</param>
    /// <param name="content">Its content; empty for a folder.</param>
    /// <param name="cancellationToken">Cancels; the archive is useless then.</param>
    Task AddAsync(ArchiveItemKind kind, ReadOnlyMemory<byte> name, long sizeBytes, Stream content, CancellationToken cancellationToken);

    /// <summary>Writes what ends the archive.</summary>
    Task FinishAsync(CancellationToken cancellationToken);
}
