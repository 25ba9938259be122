using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Reflog;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>What goes to the team in place of a snapshot, and what is held back from it.</summary>
/// <param name="Shown">The snapshot itself where nothing is held, else the derived one.</param>
/// <param name="Held">What is held back.</param>
internal sealed record GateOutcome(SnapshotId Shown, IReadOnlyList<HeldPath> Held);

/// <summary>Asks, for one working copy, what must not leave; remembers the answers for <c>wt status</c>. Thread-safe.</summary>
internal sealed class SecretGate(OpenCopy copy) : IDisposable
{
    /// <summary>How many paths a refusal names; <c>wt status</c> lists the rest.</summary>
    private const int MostNamed = 8;

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly HeldHistory _history = new(copy);
    private readonly AllowedSecrets _allowed = new(copy.Store);
    private readonly SyncTables _tables = new(copy.Store);

    /// <summary>Gets what is held back on the copy's branch, as of the last look, without what was allowed since.</summary>
    public IReadOnlyList<HeldInfo> Held =>
        [.. (_tables.Held(copy.Identity.CopyId, copy.Position.Branch)?.Paths ?? []).Where(held => !_allowed.Contains(held.Mark)).Select(held => held.Info)];

    /// <summary>Looks through what the server lacks of a line.</summary>
    public async Task<HeldLine> ReadAsync(SnapshotId tip, Func<SnapshotId, bool> isKnown, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        var policy = SecretPolicy.Of(copy.Config.Current);
        if (!policy.IsEnabled)
        {
            return HeldLine.Nothing;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            var found = await _history.ReadAsync(tip, isKnown, policy, progress, cancellationToken);
            var held = found.Select(pair => (pair.Key, Held: _allowed.Without(pair.Value))).Where(pair => pair.Held.Count > 0).ToDictionary(pair => pair.Key, pair => pair.Held);
            return held.Count == 0 ? HeldLine.Nothing : new HeldLine(held.GetValueOrDefault(tip, []), held);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Finds what may be shown in place of a tip, and writes it down together with why.</summary>
    /// <param name="branch">The branch of the line.</param>
    /// <param name="tip">The line's tip.</param>
    /// <param name="shared">The last state that the server has of it, or null.</param>
    /// <param name="isKnown">Tells whether the server has a snapshot.</param>
    public async Task<GateOutcome> ShowAsync(BranchName branch, SnapshotId tip, SnapshotId? shared, Func<SnapshotId, bool> isKnown, CancellationToken cancellationToken)
    {
        var line = await ReadAsync(tip, isKnown, null, cancellationToken);
        var before = _tables.Held(copy.Identity.CopyId, branch);
        if (line.IsClear)
        {
            if (before is not null)
            {
                await using var clearing = copy.Store.Begin();
                SyncTables.SetHeld(clearing, copy.Identity.CopyId, branch, null);
                await clearing.CommitAsync(cancellationToken);
            }

            return new GateOutcome(tip, []);
        }

        await using var transaction = copy.Store.Begin();
        var snapshot = await copy.Graph.ReadSnapshotAsync(tip, cancellationToken);
        var made = await DerivedSnapshot.MakeAsync(copy.Graph, transaction, snapshot, shared, line.AtTip, cancellationToken);
        var derived = await Core.Objects.ObjectWriters.WriteSnapshotAsync(transaction, made, cancellationToken);
        if (before?.Derived != derived.ToString() || before.Snapshot != tip.ToString())
        {
            SyncTables.SetHeld(transaction, copy.Identity.CopyId, branch, Record(tip, derived.ToString(), line.AtTip));
            LineMoves.Log(transaction, copy, "hold", Cause(line), [new RefChange($"held/{copy.Identity.CopyId}/{branch}", tip.Hash, derived.Hash)]);
        }

        await transaction.CommitAsync(cancellationToken);
        return new GateOutcome(derived, line.AtTip);
    }

    /// <summary>Writes down what is held while the server cannot be asked what it has, so that <c>wt status</c> says it offline too.</summary>
    public async Task NoteAsync(BranchName branch, SnapshotId tip, Func<SnapshotId, bool> isKnown, CancellationToken cancellationToken)
    {
        var line = await ReadAsync(tip, isKnown, null, cancellationToken);
        var before = _tables.Held(copy.Identity.CopyId, branch);
        if (before?.Snapshot != tip.ToString() && (before is not null || line.AtTip.Count > 0))
        {
            await using var transaction = copy.Store.Begin();
            SyncTables.SetHeld(transaction, copy.Identity.CopyId, branch, line.AtTip.Count > 0 ? Record(tip, null, line.AtTip) : null);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Writes down what a push was refused for, and says it.</summary>
    public async Task<Error> RefuseAsync(BranchName branch, SnapshotId tip, HeldLine line, CancellationToken cancellationToken)
    {
        await using var transaction = copy.Store.Begin();
        var before = _tables.Held(copy.Identity.CopyId, branch);
        SyncTables.SetHeld(transaction, copy.Identity.CopyId, branch, Record(tip, before?.Snapshot == tip.ToString() ? before.Derived : null, line.AtTip.Count > 0 ? line.AtTip : line.All));
        await transaction.CommitAsync(cancellationToken);
        return Refusal(line);
    }

    /// <summary>Says why nothing was sent: path, line and rule of each finding.</summary>
    public static Error Refusal(HeldLine line)
    {
        var shown = line.AtTip.Count > 0 ? line.AtTip : [.. line.All];
        var named = string.Join(", ", shown.Take(MostNamed));
        var more = shown.Count > MostNamed ? $" and {shown.Count - MostNamed} more" : "";
        var where = line.AtTip.Count > 0 ? "" : $" The tip is clean; snapshot {line.BySnapshot.Keys.First().ToShortString()} on the way holds it.";
        return new Error(
            "held_back", $"Not sent: {named}{more} must be looked at first.{where}",
            $"Take it out and snapshot again, ignore the file ('wt ignore add {shown[0].Path}'), or release it: wt sync allow {shown[0].Path}");
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private HeldRecord Record(SnapshotId tip, string? derived, IEnumerable<HeldPath> held) => new(
        tip.ToString(), derived, copy.Time.GetUtcNow(), [.. held.Select(held => new HeldMark(held.Describe(), held.Mark.ToString()))]);

    private static string Cause(HeldLine line)
    {
        var rules = line.All.GroupBy(held => held.Finding.Rule).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}");
        return $"held back from the team: {string.Join(", ", rules)}";
    }
}
