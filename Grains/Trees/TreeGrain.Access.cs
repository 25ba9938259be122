using System.Collections.Immutable;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Access;
using W0rktree.Grains.Access.Policies;
using W0rktree.Grains.Access.Policies.Files;

namespace W0rktree.Grains.Trees;

/// <summary>Questions about the policies in force.</summary>
public sealed partial class TreeGrain
{
    // With rules of 100 characters below the limit of a grain message.
    private const int MaxRules = 500;
    private const int MaxListed = 1_000;

    /// <inheritdoc/>
    public async Task<Reply<AccessListing>> ListAccessAsync(CancellationToken cancellationToken)
    {
        var access = await guard.OpenAsync(Address, mint.Current()!, cancellationToken);
        return access is null ? Refusals.NotFound : new AccessListing { Rules = [.. access.Rules().Take(MaxListed)], Permissions = access.Permissions() };
    }

    /// <inheritdoc/>
    public async Task<Reply<AccessVerdict>> TestAccessAsync(AccessProbe probe, CancellationToken cancellationToken)
    {
        var caller = mint.Current()!;
        if (!Permission.All.Contains(probe.Permission))
        {
            return Refusals.Invalid("There is no such permission.", "They are listed in docs/reference/access.md.");
        }

        if (await guard.OpenAsync(Address, caller, cancellationToken) is not { } mine)
        {
            return Refusals.NotFound;
        }

        var manages = mine.Decide(Permission.PolicyManage).IsAllowed && caller.InScope(Permission.PolicyManage);
        var about = probe.Account == default ? caller.Account : probe.Account;
        if (about != caller.Account && !manages)
        {
            return Refusals.PermissionDenied(Permission.PolicyManage);
        }

        // Somebody else's rights are tested from the address that is given, never from the caller's.
        var address = probe.Address.Length > 0 ? probe.Address : about == caller.Account ? caller.Address : "";
        if (await guard.OpenAsync(Address, caller with { Account = about, Address = address, Scopes = ["*"] }, about != caller.Account, cancellationToken) is not { } access)
        {
            return Refusals.NotFound;
        }

        var explanation = access.Explain(probe.Permission, probe.Branch == default ? null : probe.Branch, probe.Path.IsRoot ? null : probe.Path);
        var standing = await guard.StandingAsync(Address.Tenant, caller with { Account = about }, cancellationToken);

        // Rules may name paths and people; who may read the files that they stand in may read them here.
        var isOpen = manages || PolicyPlaces.All(mine.MayRead);
        return new AccessVerdict
        {
            IsAllowed = explanation.Verdict.IsAllowed,
            Because = isOpen ? explanation.Verdict.Because : [],
            Rules = isOpen ? [.. explanation.Rules.Take(MaxRules).Select(r => new AccessRuleView { Rule = r.Rule, Outcome = r.Outcome, IsDecisive = r.IsDecisive })] : [],
            Role = standing.Role == Role.None ? "" : BuiltInRoles.NameOf(standing.Role),
            Teams = standing.Teams,
        };
    }

    private static ImmutableArray<TreePath> PolicyPlaces { get; } =
        [.. new[] { PolicyFiles.RootFolder, PolicyFiles.TreeFolder }.SelectMany(f => new[] { "roles", "policies", "teams" }.Select(n => TreePath.Parse($"{f}/{n}.toml").Value))];
}
