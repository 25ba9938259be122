using System.Collections.Immutable;
using Tomlyn.Model;

namespace W0rktree.Grains.Access.Policies.Files;

/// <summary>Reads whom a rule is about.</summary>
internal static class SubjectReader
{
    /// <summary>Reads the subjects of a rule.</summary>
    public static ImmutableArray<Subject> Read(FileReader reader, TomlTable rule)
    {
        if (!rule.ContainsKey("subjects"))
        {
            reader.Refuse(rule, null, "policy_missing_key", "'subjects' is missing.");
            return [];
        }

        var subjects = ImmutableArray.CreateBuilder<Subject>();
        foreach (var table in reader.Tables(rule, "subjects") ?? [])
        {
            if (ReadOne(reader, rule, table) is { } subject)
            {
                subjects.Add(subject);
            }
        }

        return subjects.ToImmutable();
    }

    private static Subject? ReadOne(FileReader reader, TomlTable rule, TomlTable table)
    {
        if (table.Count != 1)
        {
            reader.Refuse(rule, "subjects", "policy_bad_subject", "A subject has exactly one key: account, team, role, tenant or all_authenticated.");
            return null;
        }

        var (key, value) = table.Single();
        SubjectKind? kind = key switch
        {
            "account" => SubjectKind.Account,
            "team" => SubjectKind.Team,
            "role" => SubjectKind.Role,
            "tenant" => SubjectKind.Tenant,
            "all_authenticated" => SubjectKind.AllAuthenticated,
            _ => null,
        };
        switch (kind, value)
        {
            case (null, _):
                reader.Refuse(rule, "subjects", "policy_bad_subject", $"'{key}' is not a subject: account, team, role, tenant and all_authenticated are.");
                return null;
            case (SubjectKind.AllAuthenticated, true):
                return new Subject(SubjectKind.AllAuthenticated, "");
            case (SubjectKind.AllAuthenticated, _):
                reader.Refuse(rule, "subjects", "policy_bad_subject", "'all_authenticated' can only be true.");
                return null;
            case (_, string { Length: > 0 } name):
                return new Subject(kind.Value, name);
            default:
                reader.Refuse(rule, "subjects", "policy_wrong_type", $"'{key}' is to be a string that is not empty.");
                return null;
        }
    }
}
