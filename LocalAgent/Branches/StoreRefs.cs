using System.Text;
using System.Text.Json;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Branches;

/// <summary>Reads and writes the references of one tree's store. The names are part of the store's layout.</summary>
internal sealed class StoreRefs(ObjectStore store)
{
    /// <summary>The table of references; each value is 64 hexadecimal digits.</summary>
    public const string Table = "refs";

    /// <summary>The table of working copies; each value is a <see cref="CopyRecord"/>.</summary>
    public const string CopiesTable = "copies";

    /// <summary>The table of what sync has to do.</summary>
    public const string QueueTable = "queue";

    /// <summary>The table of change summaries by snapshot.</summary>
    public const string SummariesTable = "summaries";

    /// <summary>Names the tip of a branch in this store.</summary>
    public static string Branch(BranchName branch) => $"branch/{branch}";

    /// <summary>Names the tip of a branch as the server last had it.</summary>
    public static string Server(BranchName branch) => $"server/{branch}";

    /// <summary>Names the tip of a deleted branch.</summary>
    public static string Deleted(BranchName branch) => $"deleted/{branch}";

    /// <summary>Names the tip of a copy's working line on a branch.</summary>
    public static string Line(CopyId copy, BranchName branch) => $"line/{copy}/{branch}";

    /// <summary>
    /// Names the state of a copy's files in reflog entries: the snapshot that has them, on the line or beside it. No reference of
    /// this name is ever set; the reflog alone keeps these snapshots.
    /// </summary>
    public static string Files(CopyId copy) => $"files/{copy}";

    /// <summary>Names the queue's entry for staging a copy's line on a branch. Its value is the snapshot; a newer one replaces it.</summary>
    public static string StageEntry(CopyId copy, BranchName branch) => $"stage/{copy}/{branch}";

    /// <summary>Gives what a reference names, or null.</summary>
    public SnapshotId? Get(string name) =>
        store.Get(Table, name) is { } value && SnapshotId.TryParse(Encoding.ASCII.GetString(value.Span), out var id) ? id : null;

    /// <summary>Lists the references whose names start with a prefix, with the prefix cut off.</summary>
    public IEnumerable<KeyValuePair<string, SnapshotId>> List(string prefix)
    {
        foreach (var (name, value) in store.Scan(Table, prefix))
        {
            if (SnapshotId.TryParse(Encoding.ASCII.GetString(value.Span), out var id))
            {
                yield return new(name[prefix.Length..], id);
            }
        }
    }

    /// <summary>Moves a reference if it still is what it was.</summary>
    public static void Move(StoreTransaction transaction, string name, SnapshotId? from, SnapshotId? to)
    {
        if (to is { } target)
        {
            transaction.Put(Table, name, ToBytes(target), from is { } old ? ToBytes(old) : null);
        }
        else if (from is { } old)
        {
            transaction.Delete(Table, name, ToBytes(old));
        }
    }

    /// <summary>Gives what the store remembers of a copy, or null.</summary>
    public CopyRecord? Copy(CopyId copy) =>
        store.Get(CopiesTable, copy.ToString()) is { } json ? JsonSerializer.Deserialize(json.Span, StateJson.Default.CopyRecord) : null;

    /// <summary>Lists the copies of this tree.</summary>
    public IEnumerable<KeyValuePair<CopyId, CopyRecord>> Copies()
    {
        foreach (var (name, json) in store.Scan(CopiesTable, ""))
        {
            if (CopyId.TryParse(name, out var id) && JsonSerializer.Deserialize(json.Span, StateJson.Default.CopyRecord) is { } record)
            {
                yield return new(id, record);
            }
        }
    }

    /// <summary>Remembers a copy.</summary>
    public static void SetCopy(StoreTransaction transaction, CopyId copy, CopyRecord record) =>
        transaction.Put(CopiesTable, copy.ToString(), JsonSerializer.SerializeToUtf8Bytes(record, StateJson.Default.CopyRecord));

    /// <summary>Gives where a copy stands, or null for one that this store does not know.</summary>
    public CopyPosition? PositionOf(CopyId copy)
    {
        if (Copy(copy) is not { } record || BranchName.Parse(record.Branch) is not { IsOk: true } branch)
        {
            return null;
        }

        // A copy that was never checked out stands nowhere, though its branch does.
        return new CopyPosition(branch.Value, record.Moving is { From: null } ? null : LineOf(copy, branch.Value));
    }

    /// <summary>Gives the tip of a copy's line on a branch: where it was never worked on, the branch itself.</summary>
    public SnapshotId? LineOf(CopyId copy, BranchName branch) => Get(Line(copy, branch)) ?? Get(Branch(branch));

    internal static byte[] ToBytes(SnapshotId id) => Encoding.ASCII.GetBytes(id.ToString());
}
