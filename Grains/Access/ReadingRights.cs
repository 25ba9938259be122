using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Grains.Access;

/// <summary>Answers the front out of the same decisions that grains make.</summary>
internal sealed class ReadingRights(TenantGuard guard) : IReadingRights
{
    /// <inheritdoc/>
    public async Task<IReadingLens?> OpenAsync(TreeAddress tree, CallerTicket caller, CancellationToken cancellationToken) =>
        await guard.OpenAsync(tree, caller, cancellationToken) is { } access ? new Lens(access) : null;

    private sealed class Lens(TreeAccess access) : IReadingLens
    {
        public bool SeesEverything { get; } = access.ReadsEverything;

        public bool MayRead(TreePath path) => SeesEverything || access.MayRead(path);
    }
}
