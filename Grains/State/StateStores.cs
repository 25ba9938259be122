namespace W0rktree.Grains.State;

/// <summary>Names the storage provider that holds the state of all grains: SQLite embedded, PostgreSQL in a cluster.</summary>
public static class StateStores
{
    /// <summary>The name that the silo registers the provider under.</summary>
    public const string Name = "state";
}
