using System.Collections.Immutable;

namespace W0rktree.Grains.Access.Policies.Files;

/// <summary>Holds one policy as a file states it.</summary>
internal sealed record PolicyRule
{
    public required string Name { get; init; }

    public required bool IsDeny { get; init; }

    public required ImmutableArray<Subject> Subjects { get; init; }

    public required Scope Scope { get; init; }

    public required PermissionSet Permissions { get; init; }

    public required ImmutableArray<Condition> Conditions { get; init; }

    /// <summary>Gets how people are told of the rule: effect, name, file and line.</summary>
    public required string Text { get; init; }
}

/// <summary>Says by what a subject is known.</summary>
internal enum SubjectKind
{
    Account,
    Team,
    Role,
    Tenant,
    AllAuthenticated,
}

/// <summary>Names whom a rule is about.</summary>
internal readonly record struct Subject(SubjectKind Kind, string Name);

/// <summary>Says what a rule is about.</summary>
internal abstract record Scope
{
    private Scope()
    {
    }

    /// <summary>Covers the whole worktree.</summary>
    public sealed record Everything : Scope;

    /// <summary>Covers one tree, counted from the worktree's root.</summary>
    public sealed record OneTree(string Tree) : Scope;

    /// <summary>Covers the tree of the rule's file and those nested in it.</summary>
    public sealed record TreeAndBelow(string Tree) : Scope;

    /// <summary>Covers requests that name a branch.</summary>
    public sealed record Branch(string Pattern) : Scope
    {
        public bool Covers(string branch) => Pattern.EndsWith('*')
            ? branch.AsSpan().StartsWith(Pattern.AsSpan(0, Pattern.Length - 1), StringComparison.Ordinal)
            : branch == Pattern;
    }

    /// <summary>Covers path permissions whose path matches; <paramref name="Pattern"/> counts from the worktree's root here.</summary>
    public sealed record Path(string Pattern) : Scope;
}

/// <summary>Compares an attribute with a value.</summary>
internal sealed record Condition(string Attribute, ConditionOperator Operator, string Value)
{
    /// <summary>Gets the trimmed parts of the value, for In and NotIn.</summary>
    public ImmutableArray<string> List { get; } = Operator is ConditionOperator.In or ConditionOperator.NotIn ? [.. Value.Split(',').Select(static v => v.Trim())] : [];
}

/// <summary>Names how a condition compares, as files write it.</summary>
internal enum ConditionOperator
{
    Equals,
    NotEquals,
    Contains,
    StartsWith,
    EndsWith,
    GreaterThan,
    LessThan,
    In,
    NotIn,
}

/// <summary>Holds a role that a file defines.</summary>
internal sealed record RoleRule(string Name, PermissionSet Permissions);

/// <summary>Holds a team as a file lists it; the patterns of <paramref name="Paths"/> count from the worktree's root, null is everywhere.</summary>
internal sealed record TeamRule(string Name, string Role, ImmutableArray<string>? Paths, string Text);
