using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Access.Policies;
using W0rktree.Grains.Audit;
using W0rktree.Grains.Worktrees;

namespace W0rktree.Grains.Access;

/// <summary>
/// Decides for the grains below a tenant. Learns at this moment from those who own it: of the tenant what the caller is to it, of the
/// default branch which policies are in force; then applies the rules.
/// </summary>
/// <remarks>Public for the host, which hands it to grains.</remarks>
public sealed class TenantGuard
{
    private readonly DecisionFacts _facts;
    private readonly KnownMembers _members = new();
    private readonly PolicyLibrary _library;
    private readonly TimeProvider _clock;
    private readonly RefusalReasons _reasons;
    private readonly ILogger<TenantGuard> _log;

    internal TenantGuard(DecisionFacts facts, PolicyLibrary library, TimeProvider clock, RefusalReasons reasons, ILogger<TenantGuard> log)
    {
        (_facts, _library, _clock, _reasons, _log) = (facts, library, clock, reasons, log);
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
    public ValueTask<TreeAccess?> OpenAsync(TreeAddress tree, CallerTicket caller, CancellationToken cancellationToken) =>
        OpenAsync(tree, caller, isAboutAnother: false, cancellationToken);

    /// <summary>
    /// Opens a tree for decisions about somebody, who may be another than who asks. Of another who is no member, only the tenant that they
    /// belong to counts: whom else another tenant took in is not this tenant's to know.
    /// </summary>
    public async ValueTask<TreeAccess?> OpenAsync(TreeAddress tree, CallerTicket caller, bool isAboutAnother, CancellationToken cancellationToken)
    {
        if (_members.Find(tree, caller.Account) is { } known)
        {
            return new TreeAccess(known.Policies, known.Principals, known.Resource, EnvironmentOf(caller), caller);
        }

        var trail = new FactTrail();
        var worktree = await _facts.WorktreeAsync(tree.Tenant, tree.Worktree, trail, cancellationToken);
        var place = worktree?.Trees.FirstOrDefault(t => t.Tree == tree.Tree);
        if (place is null)
        {
            return null;
        }

        // Three grains that know nothing of each other: where they must be asked, together they take as long as the slowest.
        var (exists, asked, inForce) = (
            _facts.TreeExistsAsync(tree, trail, cancellationToken).AsTask(), _facts.StandingAsync(tree.Tenant, caller.Account, trail, cancellationToken).AsTask(),
            InForceAsync(tree, worktree!, place.Path, trail, cancellationToken));
        var (isThere, standing, policies) = (await exists, await asked, await inForce);
        if (!isThere)
        {
            return null;
        }

        var resource = AccessRules.ResourceOf(standing) with { IsPublic = worktree!.IsPublic, Tree = place.Path.IsRoot ? "" : place.Path.ToString() };
        if (standing.Role != Role.None)
        {
            var member = new KnownMember(tree, caller.Account, trail, policies, [AccessRules.PrincipalOf(standing)], resource);
            _members.Keep(member);
            return new TreeAccess(policies, member.Principals, resource, EnvironmentOf(caller), caller);
        }

        var outsiders = await OutsidersAsync(caller, isAboutAnother, cancellationToken);
        var grants = GrantRules.For(worktree.Grants, outsiders.ToDictionary(o => o.Key, o => o.Value.TenantSlug));
        return new TreeAccess(
            grants.IsEmpty ? policies : policies?.WithGrants(grants), [.. outsiders.Values.Select(AccessRules.PrincipalOf)], resource, EnvironmentOf(caller), caller);
    }

    /// <summary>Says what the caller is to a tenant at this moment.</summary>
    public ValueTask<Standing> StandingAsync(TenantId tenant, CallerTicket caller, CancellationToken cancellationToken) =>
        _facts.StandingAsync(tenant, caller.Account, new FactTrail(), cancellationToken);

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

    private AccessEnvironment EnvironmentOf(CallerTicket caller) => new(_clock.GetUtcNow(), caller.Address.Length > 0 ? caller.Address : null);

    /// <summary>Describes somebody who is no member of the owning tenant: once for each tenant that they can act for.</summary>
    private async Task<Dictionary<TenantId, Standing>> OutsidersAsync(CallerTicket caller, bool isAboutAnother, CancellationToken cancellationToken)
    {
        var trail = new FactTrail();
        var memberships = await _facts.MembershipsAsync(caller.Account, ownOnly: isAboutAnother, trail, cancellationToken);
        var standings = await Task.WhenAll(memberships.Select(tenant => _facts.StandingAsync(tenant, caller.Account, trail, cancellationToken).AsTask()));
        return memberships.Zip(standings).Where(s => s.Second.Role != Role.None).ToDictionary(s => s.First, s => s.Second);
    }

    /// <summary>Reads the policies of the default branch's head at this moment; null where they cannot be read.</summary>
    private async Task<CompiledPolicies?> InForceAsync(TreeAddress tree, WorktreeFacts worktree, TreePath path, FactTrail trail, CancellationToken cancellationToken)
    {
        var heads = ImmutableArray.CreateBuilder<PolicyHead>();
        foreach (var above in worktree.Trees.Where(t => path.IsAtOrBelow(t.Path)).OrderBy(t => t.Path.Depth))
        {
            var address = tree with { Tree = above.Tree };
            var head = await _facts.HeadAsync(address, worktree.DefaultBranch, trail, cancellationToken);
            if (!head.IsZero)
            {
                heads.Add(new PolicyHead(address, above.Path, head));
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
