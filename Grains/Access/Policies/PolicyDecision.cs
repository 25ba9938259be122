using W0rktree.Grains.Access.Policies.Compiled;

namespace W0rktree.Grains.Access.Policies;

/// <summary>Decides. A pure function of policies and question; nothing is remembered between two decisions.</summary>
/// <remarks>The order of the steps is that of "The decision, exactly" (docs/reference/access.md).</remarks>
public static class PolicyDecision
{
    /// <summary>Decides one question.</summary>
    public static Verdict Decide(CompiledPolicies policies, AccessQuestion question)
    {
        if (Preconditions(question, out var number) is { } refused)
        {
            return refused;
        }

        var facts = new AccessFacts(question, number, policies.RootTeams);
        if (facts.MemberRoles.Contains("owner") && BuiltInRoles.KeptByOwners.Contains(number))
        {
            return Kept;
        }

        return FindDeny(policies, facts) ?? FindAllow(policies, facts) ?? NothingAllows;
    }

    internal static Verdict NothingAllows { get; } = Verdict.Deny("nothing allows it");

    internal static Verdict Kept { get; } = Verdict.Allow("an owner of the owning tenant keeps this whatever the policies say");

    /// <summary>Says why a question is denied before any rule is asked; else gives the permission's number.</summary>
    internal static Verdict? Preconditions(AccessQuestion question, out int number)
    {
        var (principal, resource) = (question.Principal, question.Resource);
        number = PermissionSet.NumberOf(question.Permission) ?? -1;
        if (number < 0)
        {
            return Verdict.Deny("there is no such permission");
        }

        if ((resource.Path is { } path && !PolicyPath.IsPath(path)) || (resource.Tree.Length > 0 && !PolicyPath.IsPath(resource.Tree)))
        {
            return Verdict.Deny("the path is not a path");
        }

        if (principal.Account.Length == 0)
        {
            return Verdict.Deny("nobody has signed in");
        }

        var standstill = (Standstill)Math.Max(Math.Max((int)principal.Status, (int)principal.TenantStatus), (int)resource.TenantStatus);
        return standstill switch
        {
            Standstill.None => null,
            Standstill.Suspended when BuiltInRoles.Viewer.Contains(number) => null,
            Standstill.Suspended => Verdict.Deny("the account or a tenant is suspended and may only read"),
            _ => Verdict.Deny("the account or a tenant is deactivated"),
        };
    }

    /// <summary>Finds what denies: a rule of the root or of a tree on the way, or a tree that lists others.</summary>
    internal static Verdict? FindDeny(CompiledPolicies policies, in AccessFacts facts)
    {
        if (policies.Denies.FindMatch(facts) is { } root)
        {
            return Verdict.Deny(root.Text);
        }

        foreach (var tree in policies.Trees)
        {
            if (PolicyPath.IsAtOrBelow(facts.Question.Resource.Tree, tree.Path))
            {
                if (tree.Denies.FindMatch(facts) is { } rule)
                {
                    return Verdict.Deny(rule.Text);
                }

                if (IsAboveCeiling(tree, facts))
                {
                    return Verdict.Deny(CeilingText(tree));
                }
            }
        }

        return null;
    }

    /// <summary>Finds what allows: membership, team, policy, grant or the worktree being public.</summary>
    internal static Verdict? FindAllow(CompiledPolicies policies, in AccessFacts facts)
    {
        foreach (var role in facts.MemberRoles)
        {
            if (policies.Roles.TryGetValue(role, out var permissions) && permissions.Contains(facts.PermissionNumber))
            {
                return Verdict.Allow($"the membership role '{role}'");
            }
        }

        if (policies.RootTeams.Find(facts) is { } team)
        {
            return Verdict.Allow(team.Text);
        }

        if (policies.Allows.FindMatch(facts) is { } rule)
        {
            return Verdict.Allow(rule.Text);
        }

        foreach (var grant in policies.Grants)
        {
            if (GrantMatch.Allows(grant, facts))
            {
                return Verdict.Allow(GrantMatch.TextOf(grant));
            }
        }

        return facts.Question.Resource.IsPublic && BuiltInRoles.Viewer.Contains(facts.PermissionNumber) ? Public : null;
    }

    internal static bool IsAboveCeiling(CompiledTree tree, in AccessFacts facts) => tree.Ceiling is { } ceiling
        && !facts.MemberRoles.Contains("admin") && !facts.MemberRoles.Contains("owner") && ceiling.Find(facts) is null;

    internal static string CeilingText(CompiledTree tree) =>
        $"the teams of {PolicyPath.Join(tree.Path, Files.PolicyFiles.TreeFolder)}/teams.toml, none of which lets the principal do this";

    internal static Verdict Public { get; } = Verdict.Allow("the worktree is public");
}
