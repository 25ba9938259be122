namespace W0rktree.Storage;

/// <summary>A transaction expected a row to be as it no longer was; nothing of it was applied.</summary>
public sealed class MetaConflictException(string table, string key)
    : Exception($"'{key}' of table '{table}' was changed by somebody else.")
{
    /// <summary>Gets the table.</summary>
    public string Table { get; } = table;

    /// <summary>Gets the key.</summary>
    public string Key { get; } = key;
}
