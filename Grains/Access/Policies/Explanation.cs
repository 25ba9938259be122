using System.Collections.Immutable;
using W0rktree.Grains.Access.Policies.Compiled;
using W0rktree.Grains.Access.Policies.Files;

namespace W0rktree.Grains.Access.Policies;

/// <summary>Tells of one rule that was considered for a question.</summary>
/// <param name="Rule">The rule, with file and line.</param>
/// <param name="Outcome">Whether it matched, and if not, which part of it did not.</param>
/// <param name="IsDecisive">Whether the answer would need it gone to be another.</param>
public sealed record ConsideredRule(string Rule, string Outcome, bool IsDecisive);

/// <summary>Shows the whole way to a decision: every rule considered and which ones decided.</summary>
/// <param name="Verdict">The decision itself, by the same function that enforces it.</param>
/// <param name="Rules">Every rule, in the order of the files.</param>
public sealed record Explanation(Verdict Verdict, ImmutableArray<ConsideredRule> Rules)
{
    /// <summary>Explains one question.</summary>
    public static Explanation Of(CompiledPolicies policies, AccessQuestion question)
    {
        var verdict = PolicyDecision.Decide(policies, question);
        if (PolicyDecision.Preconditions(question, out var number) is not null)
        {
            return new Explanation(verdict, [new ConsideredRule(verdict.Because[0], "matches", IsDecisive: true)]);
        }

        var facts = new AccessFacts(question, number, policies.RootTeams);
        var rules = ImmutableArray.CreateBuilder<ConsideredRule>();
        if (verdict == PolicyDecision.Kept)
        {
            rules.Add(new ConsideredRule(verdict.Because[0], "matches", IsDecisive: true));
        }

        rules.AddRange(facts.MemberRoles.Select(role => Of(
            $"the membership role '{role}'", policies.Roles.TryGetValue(role, out var has) && has.Contains(number), "does not have the permission", isDeny: false, verdict)));
        rules.AddRange(Teams(policies.RootTeams, facts, verdict));
        rules.AddRange(policies.Files.Rules.Select(rule => Of(rule, facts, verdict)));
        rules.AddRange(policies.Grants.Select(grant => Of(GrantMatch.TextOf(grant), GrantMatch.Allows(grant, facts), "does not cover this", isDeny: false, verdict)));
        if (question.Resource.IsPublic)
        {
            rules.Add(Of(PolicyDecision.Public.Because[0], BuiltInRoles.Viewer.Contains(number), "everybody gets what a viewer has, and this is more", isDeny: false, verdict));
        }

        foreach (var tree in policies.Files.Trees.Where(t => PolicyPath.IsAtOrBelow(question.Resource.Tree, t.Path)))
        {
            rules.AddRange(tree.Rules.Where(r => r.IsDeny).Select(rule => Of(rule, facts, verdict)));
        }

        foreach (var tree in policies.Trees.Where(t => t.Ceiling is not null && PolicyPath.IsAtOrBelow(question.Resource.Tree, t.Path)))
        {
            rules.Add(Of(PolicyDecision.CeilingText(tree), PolicyDecision.IsAboveCeiling(tree, facts), "lets the principal do this", isDeny: true, verdict));
        }

        return new Explanation(verdict, rules.ToImmutable());
    }

    private static IEnumerable<ConsideredRule> Teams(TeamTable teams, AccessFacts facts, Verdict verdict)
    {
        var found = teams.Find(facts);
        return teams.Rules.Select(team => Of(
            team.Text, team == found, facts.Teams.Contains(team.Name) ? "does not have the permission, or not at this path" : "the principal is not in it", isDeny: false, verdict));
    }

    private static ConsideredRule Of(PolicyRule rule, AccessFacts facts, Verdict verdict)
    {
        var miss = !rule.Permissions.Contains(facts.PermissionNumber) ? "is about other permissions"
            : !RuleMatch.IsAbout(rule, facts) ? "is about other subjects"
            : !RuleMatch.Covers(rule.Scope, facts) ? "is about another scope"
            : !RuleMatch.Holds(rule.Conditions, facts) ? "a condition does not hold"
            : null;
        return Of(rule.Text, miss is null, miss ?? "", rule.IsDeny, verdict);
    }

    private static ConsideredRule Of(string rule, bool matches, string miss, bool isDeny, Verdict verdict) =>
        new(rule, matches ? "matches" : miss, matches && isDeny != verdict.IsAllowed && verdict != PolicyDecision.Kept);
}
