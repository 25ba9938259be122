using System.Collections.Frozen;
using System.Collections.Immutable;
using W0rktree.Grains.Access.Policies.Compiled;
using W0rktree.Grains.Access.Policies.Files;

namespace W0rktree.Grains.Access.Policies;

/// <summary>Holds one version of a worktree's policies in the form that decisions are made from. Immutable and thread-safe.</summary>
public sealed class CompiledPolicies
{
    private readonly bool _pathRules;

    internal CompiledPolicies(PolicyFiles files)
    {
        Files = files;
        Roles = BuiltInRoles.ByName.Concat(files.Roles.Select(r => KeyValuePair.Create(r.Name, r.Permissions))).ToFrozenDictionary(StringComparer.Ordinal);
        RootTeams = new TeamTable(files.Teams, Roles);
        _pathRules = files.Rules.Concat(files.Trees.SelectMany(t => t.Rules)).Any(r => r.Scope is Scope.Path)
            || files.Teams.Concat(files.Trees.SelectMany(t => t.Teams ?? [])).Any(t => t.Paths is not null);
        Allows = new RuleIndex([.. files.Rules.Where(r => !r.IsDeny)]);
        Denies = new RuleIndex([.. files.Rules.Where(r => r.IsDeny)]);
        Trees = [.. files.Trees.Select(t => new CompiledTree(
            t.Path,
            new RuleIndex([.. t.Rules.Where(r => r.IsDeny)]),
            t.Teams is null ? null : new TeamTable(t.Teams, Roles.Concat(t.Roles.Select(r => KeyValuePair.Create(r.Name, r.Permissions))).ToDictionary(StringComparer.Ordinal))))];
    }

    /// <summary>The policies of a worktree without files: what a member may do is a matter of the membership role alone.</summary>
    public static CompiledPolicies Empty { get; } = new(PolicyFiles.None);

    /// <summary>Gets what is allowed and hardly meant.</summary>
    public IReadOnlyList<PolicyProblem> Warnings => Files.Warnings;

    /// <summary>Gets the grants to other tenants; they are the worktree's, not its files'.</summary>
    public ImmutableArray<CrossTenantGrant> Grants { get; private init; } = [];

    /// <summary>Gets whether any answer can depend on a path, so that one for the whole tree is not enough.</summary>
    public bool DependsOnPaths => _pathRules || Grants.Any(g => g.Paths is not null);

    internal PolicyFiles Files { get; }

    internal FrozenDictionary<string, PermissionSet> Roles { get; private init; }

    internal TeamTable RootTeams { get; private init; }

    internal RuleIndex Allows { get; private init; }

    internal RuleIndex Denies { get; private init; }

    internal ImmutableArray<CompiledTree> Trees { get; private init; }

    /// <summary>Compiles a version's files; the problems where one of them is invalid, by file and place.</summary>
    public static Compilation Compile(PolicySources sources) => PolicyFiles.Read(sources, out var problems) is { } files
        ? new Compilation.Valid(new CompiledPolicies(files))
        : new Compilation.Invalid(problems);

    /// <summary>Lists what these policies give that others, those before them, do not give in the same words.</summary>
    internal PermissionSet GivenBeyond(CompiledPolicies before)
    {
        var known = before.Gifts().ToHashSet();
        return Gifts().Where(g => !known.Contains(g)).Aggregate(default(PermissionSet), static (sum, gift) => sum.Or(gift.Permissions));
    }

    /// <summary>Lists everything that gives a right: teams with what their role has, allow policies, and roles of one's own, which members may have.</summary>
    private IEnumerable<Gift> Gifts() => Files.Rules.Where(r => !r.IsDeny).Select(r => new Gift(
            $"policy {string.Join(',', r.Subjects)} {r.Scope} {string.Join(',', r.Conditions.Select(c => $"{c.Attribute} {c.Operator} {c.Value}"))}", r.Permissions))
        .Concat(Files.Teams.Select(t => new Gift($"team {t.Name} {string.Join(',', t.Paths ?? ["everywhere"])}", Roles.GetValueOrDefault(t.Role))))
        .Concat(Files.Roles.Select(r => new Gift($"role {r.Name}", r.Permissions)));

    private readonly record struct Gift(string To, PermissionSet Permissions);

    /// <summary>Gives the same policies with other grants.</summary>
    public CompiledPolicies WithGrants(ImmutableArray<CrossTenantGrant> grants) => new(this, grants);

    private CompiledPolicies(CompiledPolicies other, ImmutableArray<CrossTenantGrant> grants)
    {
        (Files, Roles, RootTeams, Allows, Denies, Trees) = (other.Files, other.Roles, other.RootTeams, other.Allows, other.Denies, other.Trees);
        (Grants, _pathRules) = (grants, other._pathRules);
    }
}

/// <summary>Gives the result of compiling policy files.</summary>
public abstract record Compilation
{
    private Compilation()
    {
    }

    /// <summary>The files are valid.</summary>
    public sealed record Valid(CompiledPolicies Policies) : Compilation;

    /// <summary>The files are not valid; there is at least one problem, the first of each file first.</summary>
    public sealed record Invalid(ImmutableArray<PolicyProblem> Problems) : Compilation;
}
