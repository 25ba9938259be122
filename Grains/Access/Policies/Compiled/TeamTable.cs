using System.Collections.Frozen;
using System.Collections.Immutable;
using W0rktree.Grains.Access.Policies.Files;

namespace W0rktree.Grains.Access.Policies.Compiled;

/// <summary>Holds the teams of one file, with what their roles may do.</summary>
internal sealed class TeamTable(IEnumerable<TeamRule> teams, IReadOnlyDictionary<string, PermissionSet> roles)
{
    private readonly FrozenDictionary<string, Entry> _teams = teams.ToFrozenDictionary(
        t => t.Name, t => new Entry(t, roles.TryGetValue(t.Role, out var permissions) ? permissions : default), StringComparer.Ordinal);

    /// <summary>Gets the teams as written.</summary>
    public IEnumerable<TeamRule> Rules => _teams.Values.Select(static e => e.Rule);

    /// <summary>Finds a team that the principal is in and that has the permission, at the path where it needs one.</summary>
    public TeamRule? Find(AccessFacts facts)
    {
        foreach (var name in facts.Teams)
        {
            if (_teams.TryGetValue(name, out var team) && team.Permissions.Contains(facts.PermissionNumber) && Reaches(team.Rule, facts))
            {
                return team.Rule;
            }
        }

        return null;
    }

    /// <summary>Lists the roles of the teams among some names.</summary>
    public ImmutableArray<string> RolesOf(ImmutableArray<string> names)
    {
        if (_teams.Count == 0 || names.IsEmpty)
        {
            return [];
        }

        var given = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            if (_teams.TryGetValue(name, out var team))
            {
                given.Add(team.Rule.Role);
            }
        }

        return given.ToImmutable();
    }

    private static bool Reaches(TeamRule team, AccessFacts facts)
    {
        if (!facts.IsPathPermission || team.Paths is not { } patterns)
        {
            return true;
        }

        if (facts.WholePath is { } path)
        {
            foreach (var pattern in patterns)
            {
                if (PolicyPath.Covers(pattern, path))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private sealed record Entry(TeamRule Rule, PermissionSet Permissions);
}
