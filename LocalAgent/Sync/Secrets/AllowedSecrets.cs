using System.Text.Json;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>Something that the user released.</summary>
internal sealed record AllowedEntry(string Path, string Rule, DateTimeOffset At);

/// <summary>
/// Reads and writes what the user released in a tree. It stands in the tree's store, never in a file that is shared: whoever
/// sends a file must not be able to say that nothing in it is to be looked at.
/// </summary>
internal sealed class AllowedSecrets(ObjectStore store)
{
    private const string Prefix = "allowed/";

    /// <summary>Tells whether a finding was released.</summary>
    public bool Contains(string mark) => store.Get(SyncTables.Agreed, Prefix + mark) is not null;

    /// <summary>Leaves out what was released.</summary>
    public IReadOnlyList<HeldPath> Without(IReadOnlyList<HeldPath> found) => found.Count == 0 ? found : [.. found.Where(held => !Contains(held.Mark.ToString()))];

    /// <summary>Remembers that a finding is released.</summary>
    public static void Add(StoreTransaction transaction, OpenCopy copy, HeldPath held) =>
        transaction.Put(SyncTables.Agreed, Prefix + held.Mark, JsonSerializer.SerializeToUtf8Bytes(new AllowedEntry(held.Path.ToString(), held.Finding.Rule, copy.Time.GetUtcNow()), SyncJson.Default.AllowedEntry));
}
