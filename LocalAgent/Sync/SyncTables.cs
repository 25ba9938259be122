using System.Text.Json;
using System.Text.Json.Serialization;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Sync.Pushing;
using W0rktree.LocalAgent.Sync.Secrets;
using W0rktree.LocalAgent.Sync.Staging;
using W0rktree.Protocol.Grpc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync;

/// <summary>Reads and writes what sync keeps in a tree's store. The names are part of the store's layout.</summary>
internal sealed class SyncTables(ObjectStore store)
{
    /// <summary>The table of what has to be done: staging, pushes. Shared with the recorder of snapshots.</summary>
    public const string Queue = "queue";

    /// <summary>The table of what was agreed with the server.</summary>
    public const string Agreed = "sync";

    private const string BindingKey = "binding";

    /// <summary>Gets the server's worktree that this tree belongs to, or null before the first push or clone.</summary>
    public TreeBinding? Binding => Read(Agreed, BindingKey, SyncJson.Default.TreeBinding);

    /// <summary>Gets whether the user paused sync for a copy.</summary>
    public bool IsPaused(CopyId copy) => store.Get(Agreed, $"paused/{copy}") is not null;

    /// <summary>Gets the last snapshot of a copy's line that the server acknowledged as staged.</summary>
    public StagedRecord? Staged(CopyId copy, BranchName branch) => Read(Agreed, StagedKey(copy, branch), SyncJson.Default.StagedRecord);

    /// <summary>Lists what a copy has to stage.</summary>
    public IReadOnlyList<QueuedStage> StageQueue(CopyId copy)
    {
        var prefix = $"stage/{copy}/";
        var queued = new List<QueuedStage>();
        foreach (var (key, value) in store.Scan(Queue, prefix))
        {
            if (BranchName.Parse(key[prefix.Length..]) is { IsOk: true, Value: var branch }
                && SnapshotId.TryParse(System.Text.Encoding.ASCII.GetString(value.Span), out var id))
            {
                queued.Add(new QueuedStage(key, branch, id));
            }
        }

        return queued;
    }

    /// <summary>Gets the push of a branch that was begun and not acknowledged, or null.</summary>
    public PushIntent? Push(CopyId copy, BranchName branch) => Read(Queue, PushKey(copy, branch), SyncJson.Default.PushIntent);

    /// <summary>Lists the pushes of a copy that were begun and not acknowledged.</summary>
    public IReadOnlyList<PushIntent> Pushes(CopyId copy) =>
        [.. store.Scan(Queue, $"push/{copy}/").Select(pair => JsonSerializer.Deserialize(pair.Value.Span, SyncJson.Default.PushIntent)).OfType<PushIntent>()];

    /// <summary>Remembers where the tree lives.</summary>
    public static void SetBinding(StoreTransaction transaction, TreeBinding binding) =>
        transaction.Put(Agreed, BindingKey, JsonSerializer.SerializeToUtf8Bytes(binding, SyncJson.Default.TreeBinding));

    /// <summary>Remembers what was staged.</summary>
    public static void SetStaged(StoreTransaction transaction, CopyId copy, BranchName branch, StagedRecord staged) =>
        transaction.Put(Agreed, StagedKey(copy, branch), JsonSerializer.SerializeToUtf8Bytes(staged, SyncJson.Default.StagedRecord));

    /// <summary>Remembers a push that is to be finished.</summary>
    public static void SetPush(StoreTransaction transaction, CopyId copy, BranchName branch, PushIntent intent) =>
        transaction.Put(Queue, PushKey(copy, branch), JsonSerializer.SerializeToUtf8Bytes(intent, SyncJson.Default.PushIntent));

    /// <summary>Forgets a push.</summary>
    public static void ClearPush(StoreTransaction transaction, CopyId copy, BranchName branch) => transaction.Delete(Queue, PushKey(copy, branch));

    /// <summary>Gets what was last held back from a copy's line, or null.</summary>
    public HeldRecord? Held(CopyId copy, BranchName branch) => Read(Agreed, HeldKey(copy, branch), SyncJson.Default.HeldRecord);

    /// <summary>Remembers what is held back; null where nothing is.</summary>
    public static void SetHeld(StoreTransaction transaction, CopyId copy, BranchName branch, HeldRecord? held)
    {
        if (held is null)
        {
            transaction.Delete(Agreed, HeldKey(copy, branch));
        }
        else
        {
            transaction.Put(Agreed, HeldKey(copy, branch), JsonSerializer.SerializeToUtf8Bytes(held, SyncJson.Default.HeldRecord));
        }
    }

    /// <summary>Pauses or resumes.</summary>
    public static void SetPaused(StoreTransaction transaction, CopyId copy, bool paused)
    {
        if (paused)
        {
            transaction.Put(Agreed, $"paused/{copy}", "1"u8.ToArray());
        }
        else
        {
            transaction.Delete(Agreed, $"paused/{copy}");
        }
    }

    private static string StagedKey(CopyId copy, BranchName branch) => $"staged/{copy}/{branch}";

    private static string HeldKey(CopyId copy, BranchName branch) => $"held/{copy}/{branch}";

    private static string PushKey(CopyId copy, BranchName branch) => $"push/{copy}/{branch}";

    private T? Read<T>(string table, string key, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class =>
        store.Get(table, key) is { } json ? JsonSerializer.Deserialize(json.Span, type) : null;
}

/// <summary>Says which worktree on which server a tree belongs to, and what the server last said of the user's rights.</summary>
public sealed record TreeBinding
{
    public required string Server { get; init; }
    public required string Owner { get; init; }
    public required string Name { get; init; }
    public required string Tenant { get; init; }
    public required string Worktree { get; init; }
    public required string Tree { get; init; }
    public required string DefaultBranch { get; init; }
    public string Role { get; init; } = "";
    public IReadOnlyList<string> Permissions { get; init; } = [];
    public DateTimeOffset AsOf { get; init; }

    /// <summary>Gets the tree as requests name it.</summary>
    [JsonIgnore]
    public TreeRef Ref => new() { TenantId = Tenant, WorktreeId = Worktree, TreeId = Tree };
}

/// <summary>A snapshot that waits to be staged.</summary>
internal sealed record QueuedStage(string Key, BranchName Branch, SnapshotId Snapshot);

/// <summary>Knows how sync's own state is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TreeBinding))]
[JsonSerializable(typeof(StagedRecord))]
[JsonSerializable(typeof(PushIntent))]
[JsonSerializable(typeof(HeldRecord))]
[JsonSerializable(typeof(AllowedEntry))]
internal sealed partial class SyncJson : JsonSerializerContext;
