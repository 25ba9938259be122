using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Access.Policies;
using W0rktree.Grains.Audit;
using W0rktree.Grains.Worktrees;

namespace W0rktree.Grains.Access;

/// <summary>
/// Decides for the grains below a tenant. Asks at this moment: the tenant what the caller is to it, the default branch which
/// policies are in force; then applies the rules.
/// </summary>
/// <remarks>Public for the host, which hands it to grains.</remarks>
public sealed class TenantGuard
{
    private readonly IGrainFactory _grains;
    private readonly TicketMint _mint;
    private readonly PolicyLibrary _library;
    private readonly TimeProvider _clock;
    private readonly RefusalReasons _reasons;
    private readonly ILogger<TenantGuard> _log;

    internal TenantGuard(IGrainFactory grains, TicketMint mint, PolicyLibrary library, TimeProvider clock, RefusalReasons reasons, ILogger<TenantGuard> log)
    {
        (_grains, _mint, _library, _clock, _reasons, _log) = (grains, mint, library, clock, reasons, log);
    }

    /// <summary>Decides about a tenant itself.</summary>
    public async Task<Refusal?> RefuseAsync(TenantId tenant, CallerTicket caller, string permission, CancellationToken cancellationToken) =>
        Judge(tenant, caller, permission, await StandingAsync(tenant, caller, cancellationToken));

    /// <summary>Decides about a tree, which must exist: to somebody without the permission both cases look the same too.</summary>
    public async Task<Refusal?> RefuseAsync(TreeAddress tree, CallerTicket caller, AccessNeed need, CancellationToken cancellationToken)
    {
        if (await OpenAsync(tree, caller, cancellationToken) is not { } access)
        {
            return Refusals.NotFound;
        }

        var verdict = access.Decide(need.Permission, need.Branch, null);
        if (verdict.IsAllowed)
        {
            return null;
        }

        Log(tree.Tenant, caller, need.Permission, verdict.Because);
        return access.SeesTree ? Refusals.PermissionDenied(need.Permission) : Refusals.NotFound;
    }

    /// <summary>Opens a tree for a caller's decisions, under what is in force at this moment; null where there is no such tree.</summary>
    public Task<TreeAccess?> OpenAsync(TreeAddress tree, CallerTicket caller, CancellationToken cancellationToken) => _mint.AsSystemAsync("guard", async () =>
    {
        var worktree = await _grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(tree.Tenant, tree.Worktree)).FactsAsync(cancellationToken);
        var place = worktree?.Trees.FirstOrDefault(t => t.Tree == tree.Tree);
        if (place is null)
        {
            return null;
        }

        // Three grains that know nothing of each other: together they take as long as the slowest.
        var (exists, asked, inForce) = (
            _grains.GetGrain<ITreeGrain>(GrainKeys.Tree(tree)).ExistsAsync(cancellationToken), OfAsync(tree.Tenant, caller.Account, cancellationToken),
            InForceAsync(tree, worktree!, place.Path, cancellationToken));
        await Task.WhenAll(exists, asked, inForce);
        if (!await exists)
        {
            return null;
        }

        var standing = await asked;
        var outsiders = standing.Role != Role.None ? [] : await OutsidersAsync(caller, cancellationToken);
        ImmutableArray<Principal> principals = standing.Role != Role.None ? [AccessRules.PrincipalOf(standing)] : [.. outsiders.Values.Select(AccessRules.PrincipalOf)];
        var policies = await inForce;
        var grants = GrantRules.For(worktree!.Grants, outsiders.ToDictionary(o => o.Key, o => o.Value.TenantSlug));
        return new TreeAccess(
            grants.IsEmpty ? policies : policies?.WithGrants(grants),
            principals,
            AccessRules.ResourceOf(standing) with { IsPublic = worktree.IsPublic, Tree = place.Path.IsRoot ? "" : place.Path.ToString() },
            new AccessEnvironment(_clock.GetUtcNow(), caller.Address.Length > 0 ? caller.Address : null));
    });

    /// <summary>Asks the tenant what the caller is to it.</summary>
    public Task<Standing> StandingAsync(TenantId tenant, CallerTicket caller, CancellationToken cancellationToken) =>
        _mint.AsSystemAsync("guard", () => OfAsync(tenant, caller.Account, cancellationToken));

    /// <summary>Applies the rules to a standing that the caller of this method knows to be current.</summary>
    public Refusal? Judge(TenantId tenant, CallerTicket caller, string permission, Standing standing)
    {
        var decision = AccessRules.Decide(new AccessRequest(standing, permission));
        if (!decision.IsAllowed)
        {
            Log(tenant, caller, permission, decision.Because);
        }

        return decision switch
        {
            AccessDecision.Allowed => null,
            AccessDecision.Denied => Refusals.PermissionDenied(permission),
            _ => Refusals.NotFound,
        };
    }

    private Task<Standing> OfAsync(TenantId tenant, AccountId account, CancellationToken cancellationToken) =>
        _grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).StandingOfAsync(account, cancellationToken);

    /// <summary>Describes somebody who is no member of the owning tenant: once for each tenant that they can act for.</summary>
    private async Task<Dictionary<TenantId, Standing>> OutsidersAsync(CallerTicket caller, CancellationToken cancellationToken)
    {
        if (await _grains.GetGrain<IAccountGrain>(GrainKeys.Account(caller.Account)).DescribeAsync(cancellationToken) is not { } account)
        {
            return [];
        }

        var standings = await Task.WhenAll(account.Memberships.Select(tenant => OfAsync(tenant, caller.Account, cancellationToken)));
        return account.Memberships.Zip(standings).Where(s => s.Second.Role != Role.None).ToDictionary(s => s.First, s => s.Second);
    }

    /// <summary>Reads the policies of the default branch's head at this moment; null where they cannot be read.</summary>
    private async Task<CompiledPolicies?> InForceAsync(TreeAddress tree, WorktreeFacts worktree, TreePath path, CancellationToken cancellationToken)
    {
        var heads = ImmutableArray.CreateBuilder<PolicyHead>();
        foreach (var above in worktree.Trees.Where(t => path.IsAtOrBelow(t.Path)).OrderBy(t => t.Path.Depth))
        {
            var address = tree with { Tree = above.Tree };
            var branch = await _grains.GetGrain<IBranchGrain>(GrainKeys.Branch(address, worktree.DefaultBranch)).DescribeAsync(cancellationToken);
            if (branch is not null)
            {
                heads.Add(new PolicyHead(address, above.Path, branch.Head));
            }
        }

        switch (await _library.GetAsync(heads.ToImmutable(), cancellationToken))
        {
            case Compilation.Valid(var policies):
                return policies;
            case Compilation.Invalid(var problems):
                _log.LogError("The policies in force of worktree {Worktree} are invalid, so only owners may do anything: {Problem}", tree.Worktree, problems[0]);
                return null;
            default:
                throw new InvalidOperationException("A compilation is valid or not.");
        }
    }

    private void Log(TenantId tenant, CallerTicket caller, string permission, ImmutableArray<string> because)
    {
        _reasons.Note(caller.RequestId, permission, because);
        _log.LogInformation(
            "Request {Request}: account {Account} refused {Permission} in tenant {Tenant}: {Because}",
            caller.RequestId, caller.Account, permission, tenant, string.Join("; ", because));
    }
}
