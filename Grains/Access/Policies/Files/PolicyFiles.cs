using System.Collections.Immutable;

namespace W0rktree.Grains.Access.Policies.Files;

/// <summary>Holds what the policy files of a worktree state, once all of them are valid.</summary>
internal sealed record PolicyFiles
{
    /// <summary>The worktree's files are in this folder.</summary>
    public const string RootFolder = ".wt/access";

    /// <summary>A tree's files are in this folder, from its own root.</summary>
    public const string TreeFolder = ".wt-tree/access";

    public static PolicyFiles None { get; } = new();

    public ImmutableArray<RoleRule> Roles { get; private init; } = [];

    public ImmutableArray<TeamRule> Teams { get; private init; } = [];

    public ImmutableArray<PolicyRule> Rules { get; private init; } = [];

    public ImmutableArray<TreeFiles> Trees { get; private init; } = [];

    public ImmutableArray<PolicyProblem> Warnings { get; private init; } = [];

    /// <summary>Reads all files; null and the problems where one is invalid.</summary>
    public static PolicyFiles? Read(PolicySources sources, out ImmutableArray<PolicyProblem> problems)
    {
        List<PolicyProblem> refused = [], warnings = [];
        FileReader Open(string tree, string folder, string name) => new(PolicyPath.Join(tree, $"{folder}/{name}"), refused, warnings);

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var roles = RolesFile.Read(Open("", RootFolder, "roles.toml"), sources.Root.Roles, names);
        var rules = PoliciesFile.Read(Open("", RootFolder, "policies.toml"), sources.Root.Policies, null);
        var teams = TeamsFile.Read(Open("", RootFolder, "teams.toml"), sources.Root.Teams, "") ?? [];
        var known = BuiltInRoles.ByName.Select(r => r.Key).Concat(roles.Select(r => r.Name)).ToHashSet(StringComparer.Ordinal);
        WarnOfRoles(teams, known);
        var trees = ImmutableArray.CreateBuilder<TreeFiles>();
        foreach (var (path, texts) in sources.Trees)
        {
            var own = RolesFile.Read(Open(path, TreeFolder, "roles.toml"), texts.Roles, new HashSet<string>(names, StringComparer.OrdinalIgnoreCase));
            var denies = PoliciesFile.Read(Open(path, TreeFolder, "policies.toml"), texts.Policies, path);
            var listed = TeamsFile.Read(Open(path, TreeFolder, "teams.toml"), texts.Teams, path);
            WarnOfRoles(listed ?? [], [.. known, .. own.Select(r => r.Name)]);
            WarnOfCeiling(listed ?? [], teams.Select(t => t.Rule.Name).ToHashSet(StringComparer.Ordinal));
            trees.Add(new TreeFiles(path, [.. own], [.. denies], listed is null ? null : [.. listed.Select(t => t.Rule)]));
        }

        problems = [.. refused];
        return refused.Count > 0 ? null : new PolicyFiles
        {
            Roles = [.. roles],
            Teams = [.. teams.Select(t => t.Rule)],
            Rules = [.. rules],
            Trees = trees.ToImmutable(),
            Warnings = [.. warnings],
        };
    }

    private static void WarnOfRoles(IEnumerable<(TeamRule Rule, Action<string, string> Warn)> teams, HashSet<string> known)
    {
        foreach (var (rule, warn) in teams.Where(t => !known.Contains(t.Rule.Role)))
        {
            warn("policy_undefined_role", $"No role '{rule.Role}' is defined, so team '{rule.Name}' may do nothing.");
        }
    }

    private static void WarnOfCeiling(IEnumerable<(TeamRule Rule, Action<string, string> Warn)> listed, HashSet<string> granted)
    {
        foreach (var (rule, warn) in listed.Where(t => !granted.Contains(t.Rule.Name)))
        {
            warn("policy_not_granted", $"A tree's file only limits: team '{rule.Name}' has no role in {RootFolder}/teams.toml.");
        }
    }
}

/// <summary>Holds what one tree's own files state; <paramref name="Teams"/> is null where there is no such file.</summary>
internal sealed record TreeFiles(string Path, ImmutableArray<RoleRule> Roles, ImmutableArray<PolicyRule> Rules, ImmutableArray<TeamRule>? Teams);
