using System.Collections.Immutable;
using Tomlyn.Model;

namespace W0rktree.Grains.Access.Policies.Files;

/// <summary>Reads <c>teams.toml</c>.</summary>
internal static class TeamsFile
{
    /// <summary>Reads the teams that a file lists; null where there is no file, which is not the same as a file without teams.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="text">Its content.</param>
    /// <param name="tree">The tree from whose root its paths count; empty for the worktree's.</param>
    public static List<(TeamRule Rule, Action<string, string> Warn)>? Read(FileReader reader, string? text, string tree)
    {
        if (text is null)
        {
            return null;
        }

        var teams = new List<(TeamRule, Action<string, string>)>();
        if (reader.Read(text) is not { } document)
        {
            return teams;
        }

        reader.RefuseOtherKeys(document, "team");
        if (!document.TryGetValue("team", out var value))
        {
            return teams;
        }

        if (value is not TomlTable named)
        {
            reader.Refuse(document, "team", "policy_wrong_type", "A team is written as [team.NAME].");
            return teams;
        }

        foreach (var (name, body) in named)
        {
            if (body is not TomlTable table)
            {
                reader.Refuse(named, name, "policy_wrong_type", "A team is written as [team.NAME].");
                continue;
            }

            // A team without keys has no place of its own.
            if (table.Count == 0)
            {
                reader.Refuse(named, name, "policy_missing_key", "'role' is missing.");
                continue;
            }

            reader.RefuseOtherKeys(table, "role", "paths");
            var paths = Paths(reader, table, tree);
            if (reader.Text(table, "role") is { } role)
            {
                var description = $"team '{name}' with role '{role}' ({reader.File}:{reader.LineOf(table, "role")})";
                teams.Add((new TeamRule(name, role, paths, description), (code, message) => reader.Warn(table, "role", code, message)));
            }
        }

        return teams;
    }

    private static ImmutableArray<string>? Paths(FileReader reader, TomlTable table, string tree)
    {
        if (!table.ContainsKey("paths") || reader.Texts(table, "paths") is not { } patterns)
        {
            return null;
        }

        foreach (var pattern in patterns.Where(static p => !PolicyPath.IsPattern(p)))
        {
            reader.Refuse(table, "paths", "policy_bad_path", $"'{pattern}' is not a relative path, nor a folder with a trailing '/'.");
        }

        return [.. patterns.Select(p => PolicyPath.Join(tree, p))];
    }
}
