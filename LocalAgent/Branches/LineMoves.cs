using System.Text.Json;
using System.Text.Json.Serialization;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Storage;
using W0rktree.Storage.Reflog;

namespace W0rktree.LocalAgent.Branches;

/// <summary>Moves a copy's line inside a transaction, with everything that has to move along. The turn must be held.</summary>
internal static class LineMoves
{
    /// <summary>Lets the line grow by a snapshot that was made here, and queues it for the team. Gives what moved, for the reflog.</summary>
    public static IReadOnlyList<RefChange> Extend(StoreTransaction transaction, OpenCopy copy, BranchName branch, SnapshotId? tip, SnapshotId id, ChangeSummary summary)
    {
        transaction.Put(StoreRefs.SummariesTable, id.ToString(), summary.ToJson());
        var line = StoreRefs.Line(copy.Identity.CopyId, branch);
        var moves = new List<RefChange> { new(line, copy.Refs.Get(line)?.Hash, id.Hash) };
        if (copy.Refs.Get(StoreRefs.Branch(branch)) is null && tip is null)
        {
            // The first snapshot of a tree is also where its branch begins.
            StoreRefs.Move(transaction, StoreRefs.Branch(branch), null, id);
            moves.Add(new RefChange(StoreRefs.Branch(branch), null, id.Hash));
        }

        Set(transaction, copy, branch, id);
        return moves;
    }

    /// <summary>Sets the line to a snapshot that is in the store, and queues it for the team.</summary>
    public static void Set(StoreTransaction transaction, OpenCopy copy, BranchName branch, SnapshotId to)
    {
        // A line that was never worked on has no reference of its own yet, though its tip is known from the branch.
        var line = StoreRefs.Line(copy.Identity.CopyId, branch);
        StoreRefs.Move(transaction, line, copy.Refs.Get(line), to);
        transaction.Put(StoreRefs.QueueTable, StoreRefs.StageEntry(copy.Identity.CopyId, branch), StoreRefs.ToBytes(to));
    }

    /// <summary>Writes an operation that moved one reference into the reflog.</summary>
    public static void Log(StoreTransaction transaction, OpenCopy copy, string operation, string cause, string refName, SnapshotId? before, SnapshotId? after) =>
        Log(transaction, copy, operation, cause, [new RefChange(refName, before?.Hash, after?.Hash)]);

    /// <summary>Writes an operation into the reflog, with what taking it back needs.</summary>
    public static void Log(StoreTransaction transaction, OpenCopy copy, string operation, string cause, IEnumerable<RefChange> moves, OperationTrace? trace = null)
    {
        var details = new ReflogDetails(cause, copy.Identity.Copy) { Op = trace?.Id, FromBranch = trace?.FromBranch?.Text, UndoneFrom = trace?.UndoneFrom };
        IEnumerable<RefChange> files = trace is { FilesBefore: null, FilesAfter: null } or null
            ? []
            : [new RefChange(StoreRefs.Files(copy.Identity.CopyId), trace.FilesBefore?.Hash, trace.FilesAfter?.Hash)];
        transaction.AppendReflog(operation, details.ToJson(), [.. moves, .. files]);
    }
}

/// <summary>What the reflog says of an operation beside the references it moved.</summary>
/// <param name="Cause">What led to it, as a sentence without paths.</param>
/// <param name="Copy">The working copy in which it happened.</param>
public sealed record ReflogDetails(string Cause, string Copy)
{
    /// <summary>Gets the operation that the entry is part of, where a command wrote several entries; null for one that stands alone.</summary>
    public string? Op { get; init; }

    /// <summary>Gets the branch that the copy was on before, where the operation changed it.</summary>
    public string? FromBranch { get; init; }

    /// <summary>Gets the first of the entries that an undo took back; null for everything else, an undo to a chosen entry among it.</summary>
    public ulong? UndoneFrom { get; init; }

    /// <summary>Reads an entry's details; other programs' entries read as having none.</summary>
    public static ReflogDetails? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ReflogJson.Default.ReflogDetails);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes them.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReflogJson.Default.ReflogDetails);
}

/// <summary>Knows how the details of reflog entries are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReflogDetails))]
public sealed partial class ReflogJson : JsonSerializerContext;
