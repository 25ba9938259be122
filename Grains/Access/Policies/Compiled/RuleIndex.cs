using System.Collections.Frozen;
using System.Collections.Immutable;
using W0rktree.Grains.Access.Policies.Files;

namespace W0rktree.Grains.Access.Policies.Compiled;

/// <summary>Finds the rules of one effect by permission and subject, so that a decision looks only at rules about its principal.</summary>
internal sealed class RuleIndex
{
    private readonly BySubject?[] _byPermission = new BySubject?[PermissionSet.Count];

    /// <summary>Indexes rules in the order of their file.</summary>
    public RuleIndex(IReadOnlyCollection<PolicyRule> rules)
    {
        for (var number = 0; number < _byPermission.Length; number++)
        {
            var about = rules.Where(r => r.Permissions.Contains(number)).ToArray();
            _byPermission[number] = about.Length == 0 ? null : new BySubject(about);
        }
    }

    /// <summary>Finds a rule that matches; null where none does.</summary>
    public PolicyRule? FindMatch(AccessFacts facts) => _byPermission[facts.PermissionNumber]?.FindMatch(facts);

    private sealed class BySubject
    {
        private readonly FrozenDictionary<string, PolicyRule[]> _accounts;
        private readonly FrozenDictionary<string, PolicyRule[]> _tenants;
        private readonly FrozenDictionary<string, PolicyRule[]> _teams;
        private readonly FrozenDictionary<string, PolicyRule[]> _roles;
        private readonly PolicyRule[] _everybody;

        public BySubject(PolicyRule[] rules)
        {
            _accounts = Index(rules, SubjectKind.Account);
            _tenants = Index(rules, SubjectKind.Tenant);
            _teams = Index(rules, SubjectKind.Team);
            _roles = Index(rules, SubjectKind.Role);
            _everybody = [.. rules.Where(r => r.Subjects.Any(s => s.Kind == SubjectKind.AllAuthenticated))];
        }

        public PolicyRule? FindMatch(AccessFacts facts)
        {
            var principal = facts.Question.Principal;
            return First(_everybody, facts, everybody: true)
                ?? Find(_accounts, principal.Account, facts)
                ?? (principal.Tenant.Length > 0 ? Find(_tenants, principal.Tenant, facts) : null)
                ?? FindAny(_teams, facts.Teams, facts)
                ?? FindAny(_roles, facts.MemberRoles, facts)
                ?? FindAny(_roles, facts.TeamRoles, facts);
        }

        private static PolicyRule? FindAny(FrozenDictionary<string, PolicyRule[]> index, ImmutableArray<string> names, AccessFacts facts)
        {
            if (index.Count > 0)
            {
                foreach (var name in names)
                {
                    if (Find(index, name, facts) is { } found)
                    {
                        return found;
                    }
                }
            }

            return null;
        }

        private static PolicyRule? Find(FrozenDictionary<string, PolicyRule[]> index, string name, AccessFacts facts) =>
            index.Count > 0 && index.TryGetValue(name, out var rules) ? First(rules, facts, everybody: false) : null;

        private static PolicyRule? First(PolicyRule[] rules, AccessFacts facts, bool everybody)
        {
            foreach (var rule in rules)
            {
                if ((!everybody || rule.IsDeny || facts.IsEverybodyAllowed) && RuleMatch.Covers(rule.Scope, facts) && RuleMatch.Holds(rule.Conditions, facts))
                {
                    return rule;
                }
            }

            return null;
        }

        private static FrozenDictionary<string, PolicyRule[]> Index(PolicyRule[] rules, SubjectKind kind) => rules
            .SelectMany(r => r.Subjects.Where(s => s.Kind == kind).Select(s => (s.Name, Rule: r)))
            .Distinct()
            .GroupBy(p => p.Name, p => p.Rule, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }
}
