using System.Globalization;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Front;
using W0rktree.Silo.Sealing;

namespace W0rktree.Silo.Rest;

/// <summary>Opens trees for reading through REST: the gate of a download first, and then only what the caller may read.</summary>
internal sealed class TreeReading(IGrainFactory grains, TicketMint mint, NameBook names, IObjectVault vault, IReadingRights rights, RequestAudit audit, TimeProvider clock)
{
    /// <summary>Opens a tree; dispose the view after use.</summary>
    public async Task<TreeView> OpenAsync(HttpContext context, string owner, string name, string? tree)
    {
        var cancellationToken = context.RequestAborted;
        var session = CallerSession.Of(context);
        var worktree = await names.WorktreeAsync(grains, owner, name, cancellationToken);
        var address = worktree.Tree(tree);
        var gate = new TransferGate(grains, mint, session, address, sends: false, clock);
        await gate.RequireAsync(cancellationToken);
        if (!session.Ticket!.InScope(Permission.TreeRead))
        {
            throw new RefusedException(Refusals.ScopeExceeded(Permission.TreeRead));
        }

        var lens = await rights.OpenAsync(address, session.Ticket, cancellationToken) ?? throw new RefusedException(Refusals.NotFound);
        var objects = await vault.ForTenant(address.Tenant).OpenAsync(address.Tree, cancellationToken);
        return new TreeView(grains, address, worktree.DefaultBranch, objects, lens, gate, () => audit.ReleasingAsync(session, address.Tenant, session.Subject.Details));
    }
}

/// <summary>Shows one tree to one caller, for as long as one request.</summary>
internal sealed class TreeView(IGrainFactory grains, TreeAddress address, BranchName defaultBranch, ITreeVault objects, IReadingLens lens, TransferGate gate, Func<Task> releasing) : IAsyncDisposable
{
    // Far more than anybody steps back by hand, and little enough to walk in a request.
    private const int MaxSteps = 10_000;

    private SealedReader? _sealed;

    /// <summary>Gets the objects as they are stored; what is shown of them goes through the other members.</summary>
    public ObjectGraph Whole { get; } = new(objects);

    /// <summary>Gets the objects.</summary>
    public ITreeVault Objects => objects;

    /// <summary>Gets what asks again, while content flows, whether it may.</summary>
    public TransferGate Gate => gate;

    /// <summary>Puts on record that content goes out; before the first byte does.</summary>
    public Task ReleasingAsync() => releasing();

    /// <summary>Tells whether the caller may read a file's path.</summary>
    public bool MayRead(TreePath path) => lens.MayRead(path);

    /// <summary>Finds a snapshot: <c>BRANCH</c> or an id of 64 digits, each with <c>~N</c>; the default branch for none.</summary>
    public async Task<SnapshotId> ResolveAsync(string? revision, CancellationToken cancellationToken)
    {
        var text = string.IsNullOrEmpty(revision) ? defaultBranch.Text : revision;
        var (name, steps) = (text, 0);
        if (text.LastIndexOf('~') is var at and > 0)
        {
            name = text[..at];
            if (!int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out steps) || steps > MaxSteps)
            {
                throw Replies.Invalid($"'~N' steps back at most {MaxSteps:N0} snapshots.");
            }
        }

        var id = await HeadAsync(name, cancellationToken);
        for (var snapshot = await ReadAsync(id, cancellationToken); steps > 0; steps--)
        {
            id = snapshot.Parents.IsEmpty ? throw new RefusedException(Refusals.NotFound) : snapshot.Parents[0];
            snapshot = await ReadAsync(id, cancellationToken);
        }

        return id;
    }

    /// <summary>Reads a snapshot; one that records a conflict which the caller may not see is not there, as in a download.</summary>
    public async Task<SnapshotObject> ReadAsync(SnapshotId id, CancellationToken cancellationToken) => Show(await Whole.ReadSnapshotAsync(id, cancellationToken));

    /// <summary>Gives a snapshot that was read, if the caller may see the conflicts that it records.</summary>
    public SnapshotObject Show(SnapshotObject snapshot) =>
        lens.SeesEverything || snapshot.Conflicts.All(c => lens.MayRead(c.Path)) ? snapshot : throw new RefusedException(Refusals.NotFound);

    /// <summary>Gives the objects with what the caller may not read sealed, for walking down from one root.</summary>
    public async Task<ObjectGraph> ReadableAsync(ContentHash root, CancellationToken cancellationToken)
    {
        if (lens.SeesEverything)
        {
            return Whole;
        }

        _sealed ??= SealedReader.OfNothing(Whole, lens);
        await _sealed.AddRootAsync(root, cancellationToken);
        return new ObjectGraph(_sealed);
    }

    /// <summary>Lists the changes from one root to another that the caller may see; renames are joined of what is seen, so that none tells of what is not.</summary>
    public async Task<IReadOnlyList<PathChange>> ChangesAsync(ContentHash? from, ContentHash? to, CancellationToken cancellationToken)
    {
        var all = await DirectoryDiff.CompareAsync(Whole, from, to, cancellationToken);
        return ExactRenames.Join(lens.SeesEverything ? all : [.. all.Where(c => lens.MayRead(c.Path))]);
    }

    /// <summary>Tells whether a snapshot changes something and the caller may see none of it: then author and message are withheld.</summary>
    public async Task<bool> IsWithheldAsync(SnapshotObject snapshot, CancellationToken cancellationToken)
    {
        if (lens.SeesEverything)
        {
            return false;
        }

        ContentHash? before = snapshot.Parents.IsEmpty ? null : (await Whole.ReadSnapshotAsync(snapshot.Parents[0], cancellationToken)).Root;
        var changes = await DirectoryDiff.CompareAsync(Whole, before, snapshot.Root, cancellationToken);
        return changes.Count > 0 && !changes.Any(c => lens.MayRead(c.Path));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => objects.DisposeAsync();

    private async Task<SnapshotId> HeadAsync(string name, CancellationToken cancellationToken)
    {
        if (ContentHash.TryParse(name, out var hash))
        {
            var id = new SnapshotId(hash);
            return await objects.HasSnapshotAsync(id, cancellationToken) ? id : throw new RefusedException(Refusals.NotFound);
        }

        var branch = BranchName.Parse(name).OrRefuse();
        return (await grains.GetGrain<IBranchGrain>(GrainKeys.Branch(address, branch)).GetAsync(cancellationToken)).OrRefuse().Head;
    }
}
