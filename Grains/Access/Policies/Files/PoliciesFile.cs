using System.Collections.Immutable;
using Tomlyn.Model;

namespace W0rktree.Grains.Access.Policies.Files;

/// <summary>Reads <c>policies.toml</c>.</summary>
internal static class PoliciesFile
{
    /// <summary>The most rules of one file, and the most subjects or conditions of one rule: what a decision may cost.</summary>
    public const int MaxRules = 5_000;

    /// <summary>Reads the rules of a file.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="text">Its content.</param>
    /// <param name="tree">The tree whose own file it is; null for the worktree's.</param>
    public static List<PolicyRule> Read(FileReader reader, string? text, string? tree)
    {
        var rules = new List<PolicyRule>();
        if (text is null || reader.Read(text) is not { } document)
        {
            return rules;
        }

        reader.RefuseOtherKeys(document, "policy");
        var tables = reader.Tables(document, "policy") ?? [];
        if (tables.Count > MaxRules)
        {
            reader.Refuse(document, "policy", "policy_too_large", $"A file has at most {MaxRules:N0} policies.");
            return rules;
        }

        foreach (var table in tables)
        {
            if (ReadRule(reader, table, tree) is { } rule)
            {
                rules.Add(rule);
            }
        }

        return rules;
    }

    private static PolicyRule? ReadRule(FileReader reader, TomlTable table, string? tree)
    {
        reader.RefuseOtherKeys(table, "name", "effect", "subjects", "scope", "permissions", "conditions");
        var name = reader.Text(table, "name");
        var effect = reader.Text(table, "effect");
        if (effect is not (null or "allow" or "deny"))
        {
            reader.Refuse(table, "effect", "policy_unknown_effect", $"'{effect}' is not an effect: 'allow' and 'deny' are.");
        }

        var subjects = SubjectReader.Read(reader, table);
        var scope = ScopeReader.Read(reader, table, tree);
        var permissions = reader.Permissions(table);
        var conditions = Conditions(reader, table);
        if (tree is not null && effect == "allow")
        {
            reader.Warn(table, "effect", "policy_no_effect", "A tree's file only restricts: an allow policy adds nothing here.");
        }

        return name is null || effect is null || scope is null ? null : new PolicyRule
        {
            Name = name,
            IsDeny = effect == "deny",
            Subjects = subjects,
            Scope = scope,
            Permissions = permissions,
            Conditions = conditions,
            Text = $"{effect} policy '{name}' ({reader.File}:{reader.LineOf(table, "name")})",
        };
    }

    private static ImmutableArray<Condition> Conditions(FileReader reader, TomlTable table)
    {
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        foreach (var condition in reader.Tables(table, "conditions") ?? [])
        {
            reader.RefuseOtherKeys(condition, "attribute", "operator", "value");
            var attribute = reader.Text(condition, "attribute");
            var name = reader.Text(condition, "operator");
            var known = Enum.TryParse<ConditionOperator>(name, out var @operator) && Enum.GetName(@operator) == name;
            if (name is not null && !known)
            {
                reader.Refuse(condition, "operator", "policy_unknown_operator", $"'{name}' is not an operator: {string.Join(", ", Enum.GetNames<ConditionOperator>())} are.");
            }

            if (!condition.TryGetValue("value", out var value))
            {
                reader.Refuse(condition, null, "policy_missing_key", "'value' is missing.");
            }
            else if (value is not string text)
            {
                reader.Refuse(condition, "value", "policy_wrong_type", "'value' is to be a string, also where it is a number.");
            }
            else if (attribute is not null && known)
            {
                if (Attributes.IsReserved(attribute) && !Attributes.IsBuiltIn(attribute))
                {
                    reader.Warn(condition, "attribute", "policy_unknown_attribute", $"There is no attribute '{attribute}', so the condition never holds.");
                }

                conditions.Add(new Condition(attribute, @operator, text));
            }
        }

        return conditions.ToImmutable();
    }
}
