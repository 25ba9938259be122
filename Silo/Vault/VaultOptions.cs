namespace W0rktree.Silo.Vault;

/// <summary>Says where objects are kept and how much one upload may bring.</summary>
public sealed record VaultOptions
{
    /// <summary>Gets the folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Gets the most bytes of one file's content: 16 GiB.</summary>
    public long MaxContentBytes { get; init; } = 16L << 30;

    /// <summary>Gets the most bytes of one upload: 64 GiB.</summary>
    public long MaxUploadBytes { get; init; } = 64L << 30;

    /// <summary>Gets the most objects of one upload.</summary>
    public long MaxUploadObjects { get; init; } = 20_000_000;

    /// <summary>Gets how many trees may stay open without being used; each has a few open files.</summary>
    public int MaxIdleTrees { get; init; } = 64;
}
