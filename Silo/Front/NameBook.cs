using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Tickets;

namespace W0rktree.Silo.Front;

/// <summary>Finds tenants and accounts by the names that people use. What a caller may see of them, they decide themselves.</summary>
internal sealed class NameBook(IGrainFactory grains, TicketMint mint)
{
    // The longest of an organisation's name; nothing longer is worth asking for.
    private const int MaxLength = 100;

    /// <summary>Gives the owner of a name; null where nobody has it.</summary>
    public async Task<NameOwner?> FindAsync(string slug, CancellationToken cancellationToken) =>
        slug.Length is > 0 and <= MaxLength ? await grains.GetGrain<INameGrain>(GrainKeys.Slug(slug)).ResolveAsync(cancellationToken) : null;

    /// <summary>Gives the tenant of a name, or ends the call as for what does not exist.</summary>
    public async Task<TenantId> TenantIdAsync(string slug, CancellationToken cancellationToken) =>
        (await FindAsync(slug, cancellationToken))?.Tenant ?? throw new RefusedException(Refusals.NotFound);

    /// <summary>Gives the tenant of a name, or ends the call as for what does not exist.</summary>
    public async Task<ITenantGrain> TenantAsync(string slug, CancellationToken cancellationToken) =>
        grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(await TenantIdAsync(slug, cancellationToken)));

    /// <summary>
    /// Gives the worktree of a name, or ends the call as for what does not exist. Not asked of the tenant as the caller: a grant lets those
    /// in who are no members, and the worktree itself decides who sees it.
    /// </summary>
    public async Task<WorktreeName> WorktreeAsync(TenantId tenant, string slug, CancellationToken cancellationToken) =>
        await mint.AsSystemAsync("front", () => grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).ResolveWorktreeAsync(slug, cancellationToken))
            ?? throw new RefusedException(Refusals.NotFound);

    /// <summary>Gives the account of a name, or ends the call as for what does not exist.</summary>
    public async Task<AccountId> AccountAsync(string slug, CancellationToken cancellationToken) =>
        await FindAsync(slug, cancellationToken) is { } owner && owner.Account != default ? owner.Account : throw new RefusedException(Refusals.NotFound);
}
