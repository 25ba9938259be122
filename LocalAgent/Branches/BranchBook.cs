using System.Globalization;
using System.Text;
using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.History;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Reflog;

namespace W0rktree.LocalAgent.Branches;

/// <summary>Lists, creates, deletes and restores the branches of one store. Deleting keeps the tip, so that it can be taken back.</summary>
internal sealed class BranchBook(OpenCopy copy)
{
    internal const string DeletedTimes = "deleted_branches";

    /// <summary>How long a deleted branch can be restored.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);

    /// <summary>Lists branches of the store, of the server, and deleted ones.</summary>
    public async Task<IReadOnlyList<BranchEntry>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = new List<BranchEntry>();
        foreach (var name in LocalNames())
        {
            var tip = copy.Refs.LineOf(copy.Identity.CopyId, name);
            var server = copy.Refs.Get(StoreRefs.Server(name));
            AheadBehind? distance = tip is { } ours && server is { } theirs ? await StoreHistory.Of(copy.Store).CompareAsync(ours, theirs, cancellationToken) : null;
            entries.Add(new BranchEntry(name.Text, tip?.ToString(), name == copy.Position.Branch, false, distance?.Ahead, distance?.Behind, false, null));
        }

        entries.AddRange(copy.Refs.List("server/").Select(pair => new BranchEntry($"{pair.Key}@server", pair.Value.ToString(), false, true, null, null, false, null)));
        entries.AddRange(copy.Refs.List("deleted/").Select(pair => new BranchEntry(pair.Key, pair.Value.ToString(), false, false, null, null, true, DeletedAt(pair.Key))));
        return entries;
    }

    /// <summary>Creates a branch at a snapshot.</summary>
    public async Task<Result<BranchName>> CreateAsync(string text, SnapshotId at, CancellationToken cancellationToken)
    {
        var name = BranchName.Parse(text);
        if (!name.IsOk)
        {
            return name.Error;
        }

        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        if (LocalNames().Contains(name.Value))
        {
            return new Error(ErrorCodes.BranchExists, $"Branch '{text}' exists already.", $"wt branch switch {text}");
        }

        var trace = await TraceAsync(turn, cancellationToken);
        if (!trace.IsOk)
        {
            return trace.Error;
        }

        await using var transaction = copy.Store.Begin();
        StoreRefs.Move(transaction, StoreRefs.Branch(name.Value), null, at);
        LineMoves.Log(transaction, copy, "branch-create", $"branch {text}", [new RefChange(StoreRefs.Branch(name.Value), null, at.Hash)], trace.Value);
        await transaction.CommitAsync(cancellationToken);
        return name;
    }

    /// <summary>Deletes a branch that no working copy is on.</summary>
    public async Task<Result<SnapshotId>> DeleteAsync(string text, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var tip = new Revisions(copy).ResolveBranch(text);
        if (!tip.IsOk)
        {
            return tip;
        }

        var name = BranchName.Parse(text).Value;
        if (name == copy.Position.Branch)
        {
            return new Error("branch_in_use", $"Branch '{text}' is what this working copy is on.", "Switch to another branch first: wt branch switch NAME");
        }

        foreach (var (_, other) in copy.Refs.Copies())
        {
            if (other.Branch == text)
            {
                return new Error("branch_in_use", $"Branch '{text}' is what the working copy '{other.Path}' is on.", "Switch that one to another branch first.");
            }
        }

        var trace = await TraceAsync(turn, cancellationToken);
        if (!trace.IsOk)
        {
            return trace.Error;
        }

        var line = StoreRefs.Line(copy.Identity.CopyId, name);
        var moves = new List<RefChange>();
        await using var transaction = copy.Store.Begin();
        foreach (var reference in new[] { StoreRefs.Branch(name), line })
        {
            var before = copy.Refs.Get(reference);
            StoreRefs.Move(transaction, reference, before, null);
            moves.Add(new RefChange(reference, before?.Hash, null));
        }

        var older = copy.Refs.Get(StoreRefs.Deleted(name));
        StoreRefs.Move(transaction, StoreRefs.Deleted(name), older, tip.Value);
        moves.Add(new RefChange(StoreRefs.Deleted(name), older?.Hash, tip.Value.Hash));
        transaction.Put(DeletedTimes, text, Encoding.ASCII.GetBytes(copy.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
        transaction.Delete(StoreRefs.QueueTable, StoreRefs.StageEntry(copy.Identity.CopyId, name));
        LineMoves.Log(transaction, copy, "branch-delete", $"branch {text}", moves, trace.Value);
        await transaction.CommitAsync(cancellationToken);
        return tip;
    }

    /// <summary>Takes a deletion back.</summary>
    public async Task<Result<SnapshotId>> RestoreAsync(string text, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var name = BranchName.Parse(text);
        if (!name.IsOk || copy.Refs.Get(StoreRefs.Deleted(name.Value)) is not { } tip)
        {
            return new Error(ErrorCodes.UnknownBranch, $"There is no deleted branch '{text}'.", "'wt branch list --json' shows deleted ones; after 30 days the reflog still has their tips.");
        }

        if (LocalNames().Contains(name.Value))
        {
            return new Error(ErrorCodes.BranchExists, $"A branch '{text}' exists again.", "Give it another name, or look at the old one by its snapshot id.");
        }

        var trace = await TraceAsync(turn, cancellationToken);
        if (!trace.IsOk)
        {
            return trace.Error;
        }

        await using var transaction = copy.Store.Begin();
        StoreRefs.Move(transaction, StoreRefs.Branch(name.Value), null, tip);
        StoreRefs.Move(transaction, StoreRefs.Deleted(name.Value), tip, null);
        transaction.Delete(DeletedTimes, text);
        RefChange[] moves = [new(StoreRefs.Branch(name.Value), null, tip.Hash), new(StoreRefs.Deleted(name.Value), tip.Hash, null)];
        LineMoves.Log(transaction, copy, "branch-restore", $"branch {text}", moves, trace.Value);
        await transaction.CommitAsync(cancellationToken);
        return tip;
    }

    /// <summary>Forgets deleted branches whose time is over; the reflog still names their tips.</summary>
    public async Task ForgetOldAsync(CancellationToken cancellationToken)
    {
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        await using var transaction = copy.Store.Begin();
        foreach (var (name, tip) in copy.Refs.List("deleted/").ToList())
        {
            if (DeletedAt(name) is { } at && copy.Time.GetUtcNow() - at > s_kept)
            {
                StoreRefs.Move(transaction, $"deleted/{name}", tip, null);
                transaction.Delete(DeletedTimes, name);
                LineMoves.Log(transaction, copy, "branch-expire", $"branch {name}", $"deleted/{name}", tip, null);
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The files stay as they are, so both sides of the trace are what stands there now.</summary>
    private async Task<Result<OperationTrace>> TraceAsync(TurnLock.Turn turn, CancellationToken cancellationToken)
    {
        if (copy.Position.Tip is null)
        {
            return OperationTrace.Begin(copy.Entropy);
        }

        var files = await new FilesRecord(copy).RecordAsync(turn, cancellationToken);
        return files.Map(id => OperationTrace.Begin(copy.Entropy) with { FilesBefore = id, FilesAfter = id });
    }

    private SortedSet<BranchName> LocalNames()
    {
        var names = new SortedSet<BranchName> { copy.Position.Branch };
        foreach (var prefix in new[] { "branch/", $"line/{copy.Identity.CopyId}/" })
        {
            names.UnionWith(copy.Refs.List(prefix).Select(pair => BranchName.Parse(pair.Key)).Where(name => name.IsOk).Select(name => name.Value));
        }

        return names;
    }

    private DateTimeOffset? DeletedAt(string name) =>
        copy.Store.Get(DeletedTimes, name) is { } at
        && DateTimeOffset.TryParse(Encoding.ASCII.GetString(at.Span), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null;
}
