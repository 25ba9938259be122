using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Storage.Reflog;

namespace W0rktree.LocalAgent.Undo;

/// <summary>Says what a working copy was before or after an entry of the reflog, by walking back from what it is now.</summary>
internal sealed class ReflogStates(OpenCopy copy)
{
    private readonly string _files = StoreRefs.Files(copy.Identity.CopyId);
    private readonly string _line = $"line/{copy.Identity.CopyId}/";

    /// <summary>Finds the state after an entry, or, without one, the state before the last operation that was not taken back yet.</summary>
    /// <param name="entry">The entry, or null.</param>
    /// <param name="upTo">The newest entry that counts as done before the question.</param>
    public Result<PastState> Find(ulong? entry, ulong upTo) => entry is { } sequence ? After(sequence) : BeforeLast(upTo);

    /// <summary>Finds the snapshot that has the files as they were after an entry.</summary>
    public Result<SnapshotId> FilesAfter(ulong sequence) => After(sequence).Map(state => state.Files);

    /// <summary>Tells whether the log has an entry of that number.</summary>
    public bool Has(ulong sequence) => sequence > copy.Store.Reflog.Pruned.Sequence && sequence <= copy.Store.Reflog.Head.Sequence;

    private Result<PastState> After(ulong sequence)
    {
        if (!Has(sequence))
        {
            var log = copy.Store.Reflog;
            if (sequence <= log.Pruned.Sequence)
            {
                return new Error(
                    "pruned_entry",
                    $"Entry {sequence} of the reflog was pruned: entries are kept for {copy.Config.Current.ReflogRetention.TotalDays:0} days, and the oldest one left is {log.Pruned.Sequence + 1}.",
                    $"'wt undo --to {log.Pruned.Sequence + 1}' goes back as far as it can; 'wt log' still lists every snapshot that a branch has, and 'wt restore --from SNAPSHOT' brings its files back.");
            }

            return new Error("unknown_entry", $"The reflog has no entry {sequence}; it has {log.Pruned.Sequence + 1} to {log.Head.Sequence}.", "'wt reflog' lists them.");
        }

        return Walk(sequence + 1, joinsGap: false, $"everything after entry {sequence}", null);
    }

    private Result<PastState> BeforeLast(ulong upTo)
    {
        var cursor = upTo;
        (ulong First, string? Op, string What)? found = null;
        foreach (var entry in copy.Store.Reflog.NewestFirst())
        {
            if (entry.Sequence > cursor || ReflogDetails.Parse(entry.Details) is not { } details || details.Copy != copy.Identity.Copy)
            {
                continue;
            }

            if (found is { } begun)
            {
                if (!entry.Changes.Any(IsOurs))
                {
                    continue; // Sync wrote it meanwhile: what was held back, for example.
                }

                if (details.Op is null || details.Op != begun.Op)
                {
                    break;
                }

                found = begun with { First = entry.Sequence };
            }
            else if (details.UndoneFrom is { } first)
            {
                cursor = first - 1; // What that undo took back, and its own saving snapshot, are behind us.
            }
            else if (entry.Operation == "push")
            {
                return new Error("not_undoable", $"The last operation is a push (entry {entry.Sequence}): the server's history only grows.", $"'wt undo --to {entry.Sequence - 1}' goes back here alone.");
            }
            else if (entry.Changes.Any(IsOurs))
            {
                found = (entry.Sequence, details.Op, $"{entry.Operation} ({details.Cause}), entry {entry.Sequence}");
            }
        }

        return found is { } operation
            ? Walk(operation.First, joinsGap: true, operation.What, operation.First)
            : new Error("nothing_to_undo", $"The reflog has no operation of this working copy that could be taken back{PrunedNote}.", "'wt reflog' shows what it has.");
    }

    /// <summary>Walks back over the entries from a number on.</summary>
    /// <param name="first">The first entry whose effect does not count any more.</param>
    /// <param name="joinsGap">Whether edits between two entries belong to the state: before an operation they do, after an entry they do not.</param>
    /// <param name="what">What is taken back.</param>
    /// <param name="undoneFrom">For the entry of the undo.</param>
    private Result<PastState> Walk(ulong first, bool joinsGap, string what, ulong? undoneFrom)
    {
        var refs = new Dictionary<string, SnapshotId?>(StringComparer.Ordinal);
        var foreign = new HashSet<string>(StringComparer.Ordinal);
        var branch = copy.Position.Branch;
        SnapshotId? files = null;
        foreach (var entry in copy.Store.Reflog.NewestFirst())
        {
            var details = ReflogDetails.Parse(entry.Details);
            var isMine = details?.Copy == copy.Identity.Copy;
            var change = isMine ? entry.Changes.FirstOrDefault(change => change.Name == _files) : null;
            if (entry.Sequence < first)
            {
                if (files is not null || change?.After is not null)
                {
                    files ??= new SnapshotId(change!.After!.Value);
                    break;
                }

                continue;
            }

            foreach (var move in entry.Changes.Where(IsOurs).Where(move => move.Name != _files && move.Name != CopyName))
            {
                if (!isMine)
                {
                    foreign.Add(move.Name);
                }
                else if (!foreign.Contains(move.Name))
                {
                    refs[move.Name] = move.Before is { } before ? new SnapshotId(before) : null;
                }
            }

            branch = isMine && details!.FromBranch is { } from && BranchName.Parse(from) is { IsOk: true } parsed ? parsed.Value : branch;
            files = !joinsGap || change is null ? files : change.Before is { } known ? new SnapshotId(known) : null;
        }

        return Assemble(branch, refs, files, what, undoneFrom);
    }

    private string PrunedNote => copy.Store.Reflog.Pruned.Sequence is > 0 and var pruned ? $"; its first {pruned} entries were pruned after {copy.Config.Current.ReflogRetention.TotalDays:0} days" : "";

    private string CopyName => $"copy/{copy.Identity.Copy}";

    private Result<PastState> Assemble(BranchName branch, Dictionary<string, SnapshotId?> refs, SnapshotId? files, string what, ulong? undoneFrom)
    {
        SnapshotId? Resolve(string name) => refs.TryGetValue(name, out var before) ? before : copy.Refs.Get(name);
        var tip = Resolve(StoreRefs.Line(copy.Identity.CopyId, branch)) ?? Resolve(StoreRefs.Branch(branch));
        if (tip is null)
        {
            return new Error("nothing_to_undo", "Before that there was no snapshot to go back to.", "'wt reflog' shows what there is.");
        }

        var moved = refs.Where(pair => copy.Refs.Get(pair.Key) != pair.Value).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        return new PastState(new CopyPosition(branch, tip), files ?? tip.Value, moved, what, undoneFrom);
    }

    /// <summary>What an undo moves: this copy's lines, branches, deleted branches, its files and its branch. What the server has stays.</summary>
    private bool IsOurs(RefChange change) =>
        change.Name.StartsWith("branch/", StringComparison.Ordinal) || change.Name.StartsWith("deleted/", StringComparison.Ordinal)
        || change.Name.StartsWith(_line, StringComparison.Ordinal) || change.Name == _files || change.Name == CopyName;
}
