using System.Collections.Frozen;
using System.Collections.Immutable;
using W0rktree.Grains.Access.Policies.Compiled;
using W0rktree.Grains.Access.Policies.Files;

namespace W0rktree.Grains.Access.Policies;

/// <summary>Holds one version of a worktree's policies in the form that decisions are made from. Immutable and thread-safe.</summary>
public sealed class CompiledPolicies
{
    internal CompiledPolicies(PolicyFiles files)
    {
        Files = files;
        Roles = BuiltInRoles.ByName.Concat(files.Roles.Select(r => KeyValuePair.Create(r.Name, r.Permissions))).ToFrozenDictionary(StringComparer.Ordinal);
        RootTeams = new TeamTable(files.Teams, Roles);
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

    /// <summary>Gives the same policies with other grants.</summary>
    public CompiledPolicies WithGrants(ImmutableArray<CrossTenantGrant> grants) => new(this, grants);

    private CompiledPolicies(CompiledPolicies other, ImmutableArray<CrossTenantGrant> grants)
    {
        (Files, Roles, RootTeams, Allows, Denies, Trees) = (other.Files, other.Roles, other.RootTeams, other.Allows, other.Denies, other.Trees);
        Grants = grants;
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
