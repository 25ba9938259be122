using System.Collections.Immutable;
using W0rktree.Grains.Access.Policies.Files;

namespace W0rktree.Grains.Access.Policies.Compiled;

/// <summary>Says whether the parts of a rule fit a question.</summary>
internal static class RuleMatch
{
    /// <summary>Tells whether one of the subjects is the principal.</summary>
    public static bool IsAbout(PolicyRule rule, AccessFacts facts) => rule.Subjects.Any(subject => subject.Kind switch
    {
        SubjectKind.Account => facts.Question.Principal.Account == subject.Name,
        SubjectKind.Tenant => facts.Question.Principal.Tenant == subject.Name,
        SubjectKind.Team => facts.Teams.Contains(subject.Name),
        SubjectKind.Role => facts.MemberRoles.Contains(subject.Name) || facts.TeamRoles.Contains(subject.Name),
        SubjectKind.AllAuthenticated => rule.IsDeny || facts.IsEverybodyAllowed,
        _ => throw new InvalidOperationException($"Unknown subject {subject.Kind}."),
    });

    /// <summary>Tells whether a scope covers the resource.</summary>
    public static bool Covers(Scope scope, AccessFacts facts) => scope switch
    {
        Scope.Everything => true,
        Scope.OneTree tree => facts.Question.Resource.Tree == tree.Tree,
        Scope.TreeAndBelow tree => PolicyPath.IsAtOrBelow(facts.Question.Resource.Tree, tree.Tree),
        Scope.Branch pattern => facts.Question.Resource.Branch is { } branch && pattern.Covers(branch),
        Scope.Path path => facts.WholePath is { } whole && PolicyPath.Covers(path.Pattern, whole),
        _ => throw new InvalidOperationException($"Unknown scope {scope}."),
    };

    /// <summary>Tells whether all conditions hold. What is missing, or no number where one is needed, never does.</summary>
    public static bool Holds(ImmutableArray<Condition> conditions, AccessFacts facts)
    {
        foreach (var condition in conditions)
        {
            if (Attributes.Of(facts.Question, condition.Attribute) is not { } actual || !Holds(condition, actual))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(Condition condition, string actual) => condition.Operator switch
    {
        ConditionOperator.Equals => actual == condition.Value,
        ConditionOperator.NotEquals => actual != condition.Value,
        ConditionOperator.Contains => actual.Contains(condition.Value, StringComparison.Ordinal),
        ConditionOperator.StartsWith => actual.StartsWith(condition.Value, StringComparison.Ordinal),
        ConditionOperator.EndsWith => actual.EndsWith(condition.Value, StringComparison.Ordinal),
        ConditionOperator.GreaterThan => DecimalText.Compare(actual, condition.Value) > 0,
        ConditionOperator.LessThan => DecimalText.Compare(actual, condition.Value) < 0,
        ConditionOperator.In => condition.List.Contains(actual),
        ConditionOperator.NotIn => !condition.List.Contains(actual),
        _ => throw new InvalidOperationException($"Unknown operator {condition.Operator}."),
    };
}
