using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tomlyn;
using Tomlyn.Model;

namespace W0rktree.Grains.Tests.Access.Oracle;

/// <summary>
/// Decides a case of "The decision, exactly" step by step, as that page reads, with nothing compiled, indexed or remembered.
/// It knows no type of the product: JSON in, yes or no out. Policy files must be valid.
/// </summary>
internal static partial class NaiveAccess
{
    private static readonly string[] Viewer = "tree:read branch:read snapshot:read sync:pull".Split(' ');

    private static readonly string[] Developer =
        [.. Viewer, .. "tree:write branch:create snapshot:create sync:push tag:create merge_request:create".Split(' ')];

    private static readonly string[] Maintainer =
    [
        .. Developer,
        .. "tree:admin branch:delete branch:merge branch:protect snapshot:restore tag:delete release:create release:delete merge_request:approve merge_request:merge".Split(' '),
    ];

    private static readonly string[] Admin =
        [.. Maintainer, .. "policy:manage tree:create tree:delete role:manage team:manage account:manage tenant:admin".Split(' ')];

    public static bool Allows(JsonElement request)
    {
        var permission = Text(request, "permission") ?? "";
        var principal = Child(request, "principal");
        var resource = Child(request, "resource");
        var tree = Text(resource, "tree") ?? "";
        var path = Text(resource, "path");
        if ((path is not null && !IsPath(path)) || (tree.Length > 0 && !IsPath(tree)))
        {
            return false;
        }

        // 1
        if (string.IsNullOrEmpty(Text(principal, "account")))
        {
            return false;
        }

        string[] states = [Text(principal, "status") ?? "active", Text(principal, "tenant_status") ?? "active", Text(resource, "tenant_status") ?? "active"];
        if (states.Any(s => s is not ("active" or "suspended")) || (states.Contains("suspended") && !Viewer.Contains(permission)))
        {
            return false;
        }

        var facts = new Facts(request);
        if (facts.MemberRoles.Contains("owner") && permission is ("policy:manage" or "role:manage" or "tenant:admin"))
        {
            return true;
        }

        // 3
        var allowed = facts.MemberRoles.Any(r => facts.RoleHas(r, permission))
            || facts.TeamAllows(facts.RootTeams, permission, Join(tree, path))
            || facts.RootPolicies.Any(p => Text(p, "effect") == "allow" && facts.Matches(p, permission, tree, path, null))
            || facts.Grants.Any(g => facts.GrantAllows(g, permission, tree, path))
            || (Text(resource, "visibility") == "public" && Viewer.Contains(permission));

        // 4
        var denied = facts.RootPolicies.Any(p => Text(p, "effect") == "deny" && facts.Matches(p, permission, tree, path, null))
            || facts.TreesOnTheWay(tree).Any(t => facts.TreePolicies(t).Any(p => Text(p, "effect") == "deny" && facts.Matches(p, permission, tree, path, t)));

        // 5
        var closed = facts.TreesOnTheWay(tree).Any(t => facts.TreeTeams(t) is { } listed
            && !facts.MemberRoles.Contains("admin") && !facts.MemberRoles.Contains("owner")
            && !facts.TeamAllows(listed, permission, From(t, tree, path)));

        // 6
        return allowed && !denied && !closed;
    }

    private static bool IsPath(string path) => path.Split('/').All(s => s is not ("" or "." or ".."));

    /// <summary>Counts a path of a tree from the worktree's root.</summary>
    private static string? Join(string tree, string? path) => path is null ? null : tree.Length == 0 ? path : tree + "/" + path;

    /// <summary>Counts a path of a tree from the root of a tree above it, or of itself.</summary>
    private static string? From(string above, string tree, string? path) =>
        Join(tree, path) is not { } whole ? null : above.Length == 0 ? whole : whole[(above.Length + 1)..];

    private static bool Covers(string pattern, string? path) =>
        path is not null && (pattern.EndsWith('/') ? path.StartsWith(pattern, StringComparison.Ordinal) : path == pattern);

    private static bool IsPathPermission(string permission) => permission is "tree:read" or "tree:write";

    private static JsonElement? Child(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var child) && child.ValueKind != JsonValueKind.Null ? child : null;

    private static string? Text(JsonElement? of, string name) => Child(of, name)?.GetString();

    private static string? Text(TomlTable of, string name) => of.TryGetValue(name, out var value) ? value as string : null;

    private static string[]? Texts(JsonElement? of, string name) => Child(of, name) is { } list ? [.. list.EnumerateArray().Select(e => e.GetString()!)] : null;

    private static string[]? Texts(TomlTable of, string name) => of.TryGetValue(name, out var value) ? [.. ((TomlArray)value!).Cast<string>()] : null;

    [GeneratedRegex(@"\A-?[0-9]+(\.[0-9]+)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Number();

    private sealed class Facts(JsonElement request)
    {
        private readonly JsonElement? _principal = Child(request, "principal");
        private readonly JsonElement? _resource = Child(request, "resource");
        private readonly JsonElement? _environment = Child(request, "environment");
        private readonly Dictionary<string, TomlTable> _read = new(StringComparer.Ordinal);

        public bool IsMember => Text(_principal, "tenant") is { } mine && mine == Text(_resource, "tenant");

        public string[] MemberRoles => IsMember ? Texts(_principal, "roles") ?? [] : [];

        private string[] Teams => IsMember ? Texts(_principal, "teams") ?? [] : [];

        public IEnumerable<JsonElement> Grants => Child(request, "grants")?.EnumerateArray().ToArray() ?? [];

        public TomlTable RootTeams => Parse(Child(request, "root"), "teams") ?? [];

        public IEnumerable<TomlTable> RootPolicies => Tables(Parse(Child(request, "root"), "policies"), "policy");

        public IEnumerable<TomlTable> TreePolicies(string tree) => Tables(Parse(Child(Child(request, "trees"), tree), "policies"), "policy");

        public TomlTable? TreeTeams(string tree) => Parse(Child(Child(request, "trees"), tree), "teams");

        public IEnumerable<string> TreesOnTheWay(string tree) => (Child(request, "trees")?.EnumerateObject().Select(p => p.Name) ?? [])
            .Where(t => t.Length == 0 || t == tree || tree.StartsWith(t + "/", StringComparison.Ordinal));

        public bool RoleHas(string role, string permission)
        {
            string[]? has = role switch
            {
                "viewer" => Viewer,
                "developer" => Developer,
                "maintainer" => Maintainer,
                "admin" or "owner" => Admin,
                _ => Tables(Parse(Child(request, "root"), "roles"), "role").FirstOrDefault(r => Text(r, "name") == role) is { } custom ? Texts(custom, "permissions") : null,
            };
            return has is not null && (has.Contains(permission) || has.Contains("*"));
        }

        /// <summary>Tells whether a team of a file that the principal is in has the permission; the path counts from where the file counts.</summary>
        public bool TeamAllows(TomlTable file, string permission, string? path)
        {
            if (!file.TryGetValue("team", out var teams))
            {
                return false;
            }

            foreach (var (name, value) in (TomlTable)teams!)
            {
                var team = (TomlTable)value!;
                if (Teams.Contains(name) && RoleHas(Text(team, "role")!, permission)
                    && (!IsPathPermission(permission) || Texts(team, "paths") is not { } paths || paths.Any(p => Covers(p, path))))
                {
                    return true;
                }
            }

            return false;
        }

        public bool GrantAllows(JsonElement grant, string permission, string tree, string? path)
        {
            var to = Text(grant, "tenant");
            if (to is null || to != Text(_principal, "tenant") || to == Text(_resource, "tenant"))
            {
                return false;
            }

            if (Text(grant, "expires") is { } expires && !(Text(_environment, "time") is { } now && Instant(now) < Instant(expires)))
            {
                return false;
            }

            if (Texts(grant, "trees") is { } trees && !trees.Contains(tree))
            {
                return false;
            }

            if (Texts(grant, "paths") is { } paths && IsPathPermission(permission) && !paths.Any(p => Covers(p, path)))
            {
                return false;
            }

            return Text(grant, "level") switch
            {
                "read" => Viewer.Contains(permission),
                "write" => permission != "tag:create" && Developer.Contains(permission),
                "admin" => Maintainer.Contains(permission),
                _ => false,
            };
        }

        /// <summary>2: whether a rule matches. The tree is that of the rule's file; null for a root file.</summary>
        public bool Matches(TomlTable rule, string permission, string tree, string? path, string? file)
        {
            var permissions = Texts(rule, "permissions")!;
            return (permissions.Contains(permission) || permissions.Contains("*"))
                && ((IEnumerable<object?>)rule["subjects"]!).Cast<TomlTable>().Any(s => IsSubject(s, Text(rule, "effect")!))
                && ScopeCovers(rule["scope"]!, permission, tree, path, file)
                && (!rule.TryGetValue("conditions", out var conditions) || ((IEnumerable<object?>)conditions!).Cast<TomlTable>().All(Holds));
        }

        private bool IsSubject(TomlTable subject, string effect)
        {
            var (key, value) = subject.Single();
            return key switch
            {
                "account" => Text(_principal, "account") == (string)value!,
                "tenant" => Text(_principal, "tenant") == (string)value!,
                "team" => Teams.Contains((string)value!),
                "role" => MemberRoles.Contains((string)value!) || Teams.Any(t =>
                    RootTeams.TryGetValue("team", out var teams) && ((TomlTable)teams!).TryGetValue(t, out var team) && Text((TomlTable)team!, "role") == (string)value!),
                "all_authenticated" => effect == "deny" || IsMember || Text(_resource, "visibility") == "public",
                _ => throw new InvalidOperationException(key),
            };
        }

        private bool ScopeCovers(object scope, string permission, string tree, string? path, string? file)
        {
            if (scope is string word)
            {
                return word == "worktree" || (file is not null && (file.Length == 0 || tree == file || tree.StartsWith(file + "/", StringComparison.Ordinal)));
            }

            var (key, value) = ((TomlTable)scope).Single();
            var text = (string)value!;
            return key switch
            {
                "tree" => tree == text,
                "branch" => Text(_resource, "branch") is { } branch && (text.EndsWith('*') ? branch.StartsWith(text[..^1], StringComparison.Ordinal) : branch == text),
                "path" => IsPathPermission(permission) && Covers(text, From(file ?? "", tree, path)),
                _ => throw new InvalidOperationException(key),
            };
        }

        private bool Holds(TomlTable condition)
        {
            var value = Text(condition, "value")!;
            if (Attribute(Text(condition, "attribute")!) is not { } actual)
            {
                return false;
            }

            var list = value.Split(',').Select(v => v.Trim()).ToArray();
            return Text(condition, "operator") switch
            {
                "Equals" => actual == value,
                "NotEquals" => actual != value,
                "Contains" => actual.Contains(value, StringComparison.Ordinal),
                "StartsWith" => actual.StartsWith(value, StringComparison.Ordinal),
                "EndsWith" => actual.EndsWith(value, StringComparison.Ordinal),
                "GreaterThan" => Number().IsMatch(actual) && Number().IsMatch(value) && Decimal(actual) > Decimal(value),
                "LessThan" => Number().IsMatch(actual) && Number().IsMatch(value) && Decimal(actual) < Decimal(value),
                "In" => list.Contains(actual),
                "NotIn" => !list.Contains(actual),
                var other => throw new InvalidOperationException(other),
            };
        }

        private string? Attribute(string name)
        {
            var time = Text(_environment, "time") is { } text ? Instant(text) : (DateTimeOffset?)null;
            return name switch
            {
                "time.hour" => time?.Hour.ToString(CultureInfo.InvariantCulture),
                "time.day" => time?.DayOfWeek.ToString(),
                "time.date" => time?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                "ip.address" => Text(_environment, "ip"),
                "tenant.type" => Text(_principal, "tenant_type"),
                "tenant.plan" => Text(_principal, "tenant_plan"),
                "tenant.status" => Text(_principal, "tenant_status") ?? "active",
                _ when name.StartsWith("time.", StringComparison.Ordinal) || name.StartsWith("ip.", StringComparison.Ordinal) || name.StartsWith("tenant.", StringComparison.Ordinal) => null,
                _ => Text(Child(_principal, "attributes"), name),
            };
        }

        private static DateTimeOffset Instant(string rfc3339) => DateTimeOffset.Parse(rfc3339, CultureInfo.InvariantCulture).ToUniversalTime();

        /// <summary>A number of the cases the generator draws fits; that longer ones compare too is tested apart.</summary>
        private static decimal Decimal(string number) => decimal.Parse(number, CultureInfo.InvariantCulture);

        private TomlTable? Parse(JsonElement? files, string name)
        {
            if (Text(files, name) is not { } text)
            {
                return null;
            }

            // Only the reading of one case's texts is kept, never an answer.
            return _read.TryGetValue(text, out var known) ? known : _read[text] = TomlSerializer.Deserialize<TomlTable>(text)!;
        }

        private static IEnumerable<TomlTable> Tables(TomlTable? file, string name) =>
            file is not null && file.TryGetValue(name, out var list) ? ((IEnumerable<object?>)list!).Cast<TomlTable>() : [];
    }
}
