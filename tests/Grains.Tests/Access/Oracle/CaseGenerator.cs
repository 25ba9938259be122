using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Grains.Tests.Access.Oracle;

/// <summary>Draws cases out of few names, so that rules meet questions often, with every feature of the policy files.</summary>
internal sealed class CaseGenerator(int seed)
{
    private static readonly string[] Tenants = ["acme", "partner", "other"];
    private static readonly string[] Accounts = ["alice", "bob", "carol"];
    private static readonly string[] Teams = ["backend", "ops", "all-hands"];
    private static readonly string[] BuiltIns = ["viewer", "developer", "maintainer", "admin", "owner"];
    private static readonly string[] CustomRoles = ["release-manager", "Auditor", "undefined"];
    private static readonly string[] Trees = ["", "services", "services/api", "services/api/deep", "servicesx", "docs"];
    private static readonly string[] Paths = ["a", "src/x.cs", "src/api/y.cs", "config/app.toml", "config", "services/api/src/x.cs", "srcx/z", "api/src/x.cs"];
    private static readonly string[] BadPaths = ["", "/a", "src/", "src//x.cs", "./a", "src/../a", ".."];
    private static readonly string[] Patterns = ["src/", "config/", "src/api/", "a", "config", "services/", "services/api/src/", "services/api/", "api/"];
    private static readonly string[] Branches = ["main", "release/1", "release/2", "releasex", "*"];
    private static readonly string[] BranchPatterns = ["main", "release/*", "*", "rel*", "release"];
    private static readonly string[] Times = ["2026-11-21T10:00:00Z", "2026-11-22T00:30:00+02:00", "2026-11-23T23:59:59.5-05:00", "2027-01-01T00:00:00Z"];
    private static readonly string[] Expiries = ["2026-11-21T10:00:00Z", "2026-11-21T12:00:00+02:00", "2027-01-01T00:00:00Z", "2026-11-22T00:00:00Z"];
    private static readonly string[] Attributes =
        ["time.hour", "time.day", "time.date", "ip.address", "tenant.type", "tenant.status", "tenant.plan", "department", "level", "time.minute", "tenant.x", "missing"];
    private static readonly string[] Operators = ["Equals", "NotEquals", "Contains", "StartsWith", "EndsWith", "GreaterThan", "LessThan", "In", "NotIn"];
    private static readonly string[] Values =
        ["10", "22", "4", "-1", "3.50", "Saturday", "Saturday, Sunday", "2026-11-21", "10.0.0.1", "10.", "organization", "active,suspended", "eng", "eng , sales", "", "pro", "03.5", "x"];
    private static readonly string[] States = ["active", "active", "active", "active", "suspended", "deactivated"];
    private static readonly string[] Permissions = [.. Permission.All.Order(StringComparer.Ordinal)];

    private readonly Random _random = new(seed);

    /// <summary>Draws one case.</summary>
    public string Next()
    {
        var trees = new JsonObject();
        foreach (var tree in Trees.Where(_ => Chance(25)))
        {
            trees[tree] = new JsonObject
            {
                ["policies"] = Chance(60) ? Policies(inTree: true) : null,
                ["teams"] = Chance(50) ? TeamsFile(few: Chance(20)) : null,
            };
        }

        var drawn = new JsonObject
        {
            ["root"] = new JsonObject
            {
                ["roles"] = Chance(60) ? Roles() : null,
                ["policies"] = Chance(85) ? Policies(inTree: false) : null,
                ["teams"] = Chance(70) ? TeamsFile(few: false) : null,
            },
            ["trees"] = trees,
            ["grants"] = new JsonArray([.. Enumerable.Range(0, Chance(50) ? _random.Next(1, 3) : 0).Select(_ => Grant())]),
            ["principal"] = Principal(),
            ["permission"] = Chance(55) ? Pick("tree:read", "tree:write", "sync:push", "sync:pull", "policy:manage") : Pick(Permissions),
            ["resource"] = Resource(),
            ["environment"] = new JsonObject { ["time"] = Chance(85) ? Pick(Times) : null, ["ip"] = Chance(80) ? "10.0.0.1" : null },
        };
        return drawn.ToJsonString();
    }

    private JsonObject Principal()
    {
        var tenant = Chance(65) ? "acme" : Pick(Tenants);
        return new JsonObject
        {
            ["account"] = Chance(97) ? Pick(Accounts) : Chance(50) ? "" : null,
            ["tenant"] = Chance(97) ? tenant : null,
            ["teams"] = Chance(80) ? List(Some(Teams)) : null,
            ["roles"] = Chance(75) ? List(Some([Pick([.. BuiltIns, .. CustomRoles]), Pick(BuiltIns)])) : null,
            ["attributes"] = Chance(60) ? new JsonObject { ["department"] = Pick("eng", "sales", ""), ["level"] = Pick("3.5", "12", "-1", "x"), ["time.minute"] = "10" } : null,
            ["status"] = Chance(80) ? Pick(States) : null,
            ["tenant_type"] = Chance(70) ? Pick("organization", "user") : null,
            ["tenant_plan"] = Chance(50) ? Pick("pro", "free") : null,
            ["tenant_status"] = Chance(40) ? Pick(States) : null,
        };
    }

    private JsonObject Resource() => new()
    {
        ["tenant"] = Chance(97) ? "acme" : Pick(Tenants),
        ["tenant_status"] = Chance(40) ? Pick(States) : null,
        ["worktree"] = "shop",
        ["visibility"] = Chance(50) ? null : Pick("private", "public", "shared"),
        ["tree"] = Chance(80) ? Pick(Trees) : null,
        ["branch"] = Chance(60) ? Pick(Branches) : null,
        ["path"] = Chance(70) ? Chance(96) ? Pick(Paths) : Pick(BadPaths) : null,
    };

    private JsonObject Grant() => new()
    {
        ["tenant"] = Pick(Tenants),
        ["level"] = Pick("read", "write", "admin"),
        ["trees"] = Chance(40) ? List(Some(Trees)) : null,
        ["paths"] = Chance(40) ? List(Some(Patterns)) : null,
        ["expires"] = Chance(50) ? Pick(Expiries) : null,
    };

    private string Roles()
    {
        var text = new StringBuilder();
        foreach (var role in CustomRoles.Take(_random.Next(0, 3)))
        {
            text.AppendLine($"[[role]]\nname = \"{role}\"\npermissions = {PermissionList()}");
        }

        return text.ToString();
    }

    private string TeamsFile(bool few)
    {
        var text = new StringBuilder();
        foreach (var team in Teams.Where(_ => !few && Chance(60)))
        {
            text.AppendLine($"[team.{team}]\nrole = \"{Pick([.. BuiltIns, .. CustomRoles])}\"");
            if (Chance(40))
            {
                text.AppendLine($"paths = {Quoted(Some(Patterns))}");
            }
        }

        return text.ToString();
    }

    private string Policies(bool inTree)
    {
        var text = new StringBuilder();
        for (var i = _random.Next(1, 5); i > 0; i--)
        {
            text.AppendLine($"[[policy]]\nname = \"p{i}\"\neffect = \"{(Chance(55) ? "allow" : "deny")}\"");
            text.AppendLine($"subjects = [{string.Join(", ", Enumerable.Range(0, _random.Next(0, 3)).Select(_ => Subject()))}]");
            text.AppendLine($"scope = {Scope(inTree)}\npermissions = {PermissionList()}");
            if (Chance(35))
            {
                text.AppendLine($"conditions = [{string.Join(", ", Enumerable.Range(0, _random.Next(0, 3)).Select(_ => Condition()))}]");
            }
        }

        return text.ToString();
    }

    private string Subject() => _random.Next(5) switch
    {
        0 => $"{{ account = \"{Pick(Accounts)}\" }}",
        1 => $"{{ team = \"{Pick(Teams)}\" }}",
        2 => $"{{ role = \"{Pick([.. BuiltIns, .. CustomRoles])}\" }}",
        3 => $"{{ tenant = \"{Pick(Tenants)}\" }}",
        _ => "{ all_authenticated = true }",
    };

    private string Scope(bool inTree) => _random.Next(5) switch
    {
        0 => "\"worktree\"",
        1 => inTree ? "\"tree\"" : "\"worktree\"",
        2 => $"{{ tree = \"{Pick(Trees)}\" }}",
        3 => $"{{ branch = \"{Pick(BranchPatterns)}\" }}",
        _ => $"{{ path = \"{Pick(Patterns)}\" }}",
    };

    private string Condition() => $"{{ attribute = \"{Pick(Attributes)}\", operator = \"{Pick(Operators)}\", value = \"{Pick(Values)}\" }}";

    private string PermissionList() => Chance(15) ? "[\"*\"]" : Quoted([.. Some(["tree:read", "tree:write", "sync:push", "sync:pull"]), Pick(Permissions)]);

    private static string Quoted(IEnumerable<string> names) => $"[{string.Join(", ", names.Select(n => $"\"{n}\""))}]";

    private static JsonArray List(IEnumerable<string> names) => new([.. names.Select(n => (JsonNode)n)]);

    private string[] Some(string[] from) => [.. from.Distinct().Where(_ => Chance(45))];

    private string Pick(params string[] from) => from[_random.Next(from.Length)];

    private bool Chance(int percent) => _random.Next(100) < percent;
}
