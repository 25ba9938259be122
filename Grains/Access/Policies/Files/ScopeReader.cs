using Tomlyn.Model;

namespace W0rktree.Grains.Access.Policies.Files;

/// <summary>Reads what a rule is about.</summary>
internal static class ScopeReader
{
    /// <summary>Reads the scope of a rule; null where it has none that is valid.</summary>
    public static Scope? Read(FileReader reader, TomlTable rule, string? tree)
    {
        if (!rule.TryGetValue("scope", out var value))
        {
            reader.Refuse(rule, null, "policy_missing_key", "'scope' is missing.");
            return null;
        }

        switch (value)
        {
            case "worktree":
                return new Scope.Everything();
            case "tree" when tree is not null:
                return new Scope.TreeAndBelow(tree);
            case "tree":
                reader.Refuse(rule, "scope", "policy_bad_scope", "\"tree\" means the tree of its own file; here name one: { tree = \"services/api\" }.");
                return null;
            case TomlTable { Count: 1 } table when table.Single() is { Value: string text } pair:
                return ReadOne(reader, rule, pair.Key, text, tree);
            default:
                reader.Refuse(rule, "scope", "policy_bad_scope", "A scope is \"worktree\", \"tree\", or exactly one of { tree = … }, { branch = … } and { path = … } with a string.");
                return null;
        }
    }

    private static Scope? ReadOne(FileReader reader, TomlTable rule, string key, string text, string? tree)
    {
        switch (key)
        {
            case "tree" when text.Length == 0 || PolicyPath.IsPath(text):
                return new Scope.OneTree(text);
            case "path" when PolicyPath.IsPattern(text):
                return new Scope.Path(PolicyPath.Join(tree ?? "", text));
            case "branch" when text.Length > 0:
                return new Scope.Branch(text);
            case "tree" or "path" or "branch":
                reader.Refuse(rule, "scope", "policy_bad_path", $"'{text}' cannot be a {key}.");
                return null;
            default:
                reader.Refuse(rule, "scope", "policy_bad_scope", $"'{key}' is not a scope: tree, branch and path are.");
                return null;
        }
    }
}
