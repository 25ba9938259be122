namespace W0rktree.Grains.Access.Policies.Files;

/// <summary>Reads <c>roles.toml</c>.</summary>
internal static class RolesFile
{
    private const int MaxNameLength = 64;

    /// <summary>Reads the roles that a file defines.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="text">Its content.</param>
    /// <param name="taken">Names that are defined already, in any case; those of this file are added.</param>
    public static List<RoleRule> Read(FileReader reader, string? text, HashSet<string> taken)
    {
        var roles = new List<RoleRule>();
        if (text is null || reader.Read(text) is not { } document)
        {
            return roles;
        }

        reader.RefuseOtherKeys(document, "role");
        foreach (var table in reader.Tables(document, "role") ?? [])
        {
            reader.RefuseOtherKeys(table, "name", "permissions");
            var permissions = reader.Permissions(table);
            if (reader.Text(table, "name") is not { } name)
            {
                continue;
            }

            if (name.Length > MaxNameLength || name.Any(static c => c is < ' ' or > '~'))
            {
                reader.Refuse(table, "name", "role_name_invalid", $"A role's name has 1 to {MaxNameLength} printable ASCII characters.");
            }
            else if (BuiltInRoles.IsBuiltIn(name))
            {
                reader.Refuse(table, "name", "role_builtin", $"'{name}' is a built-in role; its permissions cannot be changed.");
            }
            else if (!taken.Add(name))
            {
                reader.Refuse(table, "name", "role_duplicate", $"A role '{name}' is defined already; case makes no difference.");
            }
            else
            {
                roles.Add(new RoleRule(name, permissions));
            }
        }

        return roles;
    }
}
