using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Accounts;

namespace W0rktree.Grains.Tenants;

/// <summary>The tenant's name, and whether it may work.</summary>
public sealed partial class TenantGrain
{
    // Names are scarce, and each of these leads here for good.
    private const int MaxFormerSlugs = 5;

    /// <inheritdoc/>
    public async Task<Reply<TenantView>> RenameAsync(string slug, CancellationToken cancellationToken)
    {
        if (Current.Kind != TenantKind.Organization)
        {
            return Refusals.Invalid("Only organisations change their name.");
        }

        if (AccountRules.CheckSlug(slug) is { } invalid)
        {
            return invalid;
        }

        if (slug == Current.Slug)
        {
            return View();
        }

        if (Current.FormerSlugs.Length >= MaxFormerSlugs)
        {
            return new Refusal { Code = "too_many_names", Message = $"An organisation changes its name at most {MaxFormerSlugs} times." };
        }

        // The name leads here before it is shown: a crash in between leaves one more name for the same tenant, and a repetition ends it.
        var taken = await mint.AsSystemAsync<Refusal?>("names", async () =>
        {
            var name = grains.GetGrain<INameGrain>(GrainKeys.Slug(slug));
            var owner = new NameOwner { Tenant = Id };
            return (await name.ReserveAsync(owner, cancellationToken)).TryGet(out _, out var refusal) ? (await name.ConfirmAsync(owner, cancellationToken)).Refusal : refusal;
        });
        if (taken is not null)
        {
            return taken;
        }

        await SaveAsync(Current with { Slug = slug, FormerSlugs = [.. Current.FormerSlugs, Current.Slug] });
        return View();
    }

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> StandStillAsync(TenantStatus status, CancellationToken cancellationToken)
    {
        if (Current.Kind != TenantKind.Organization || status is not (TenantStatus.Suspended or TenantStatus.Deactivated))
        {
            return Refusals.Invalid("An organisation can be suspended or deactivated from inside; only an operator of the server opens it again.");
        }

        if (Actor().Role != Role.Owner)
        {
            return Refusals.PermissionDenied("the role owner");
        }

        await StandsAsync(Current with { Status = status });
        return Acknowledged.Instance;
    }

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> ModerateAsync(TenantStatus status, CancellationToken cancellationToken)
    {
        if (Current.Kind is null)
        {
            return Refusals.NotFound;
        }

        if (status is < TenantStatus.Active or > TenantStatus.Deactivated)
        {
            return Refusals.Invalid("There is no such status.");
        }

        if (Current.Kind == TenantKind.Organization)
        {
            await StandsAsync(Current with { Status = status });
            return Acknowledged.Instance;
        }

        // Others may be owners of a user's tenant too; the name says whose it is.
        var owner = await mint.AsSystemAsync("moderation", () => grains.GetGrain<INameGrain>(GrainKeys.Slug(Current.Slug)).ResolveAsync(cancellationToken));
        var user = owner!.Account;
        await StandsAsync(Current with { Status = status, Members = [.. Current.Members.Select(m => m.Account == user ? m with { Status = status } : m)] });

        // This tenant and not the account tells the others: they call accounts while they take members in, and would wait for each other.
        await mint.AsSystemAsync("moderation", async () =>
        {
            var account = await grains.GetGrain<IAccountGrain>(GrainKeys.Account(user)).StandsAsync(status, cancellationToken);
            await Task.WhenAll(account.Memberships.Where(t => t != Id).Select(t => grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(t)).MemberStatusAsync(user, status, cancellationToken)));
            return true;
        });
        return Acknowledged.Instance;
    }

    /// <inheritdoc/>
    public async Task MemberStatusAsync(AccountId account, TenantStatus status, CancellationToken cancellationToken)
    {
        if (Current.Find(account) is { } member && member.Status != status)
        {
            await StandsAsync(Current with { Members = Current.Members.Replace(member, member with { Status = status }) });
        }
    }

    /// <summary>Gets the draft of an operator's act: it stands in the operator's chain, and in that of whom it is done to.</summary>
    private ImmutableArray<AuditDraft> DraftsHere => Draft.Chain == Id ? [Draft] : [Draft, Draft with { Chain = Id }];

    private async Task StandsAsync(TenantState next)
    {
        await SaveAsync(next, DraftsHere);
        await WakeStreamsAsync();
    }
}
