using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace W0rktree.Grains.Access.Policies.Cases;

/// <summary>Reads one case of <c>worktree-server debug access</c>: policy files, grants and a question, as JSON (docs/reference/access.md).</summary>
/// <param name="Sources">The policy files.</param>
/// <param name="Grants">The grants to other tenants.</param>
/// <param name="Question">What is asked.</param>
public sealed record AccessCase(PolicySources Sources, ImmutableArray<CrossTenantGrant> Grants, AccessQuestion Question)
{
    /// <summary>Reads a case; refuses what is not of its form.</summary>
    public static Result<AccessCase> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return new Error("case_invalid", $"This is not a case: {e.Message}");
        }
    }

    /// <summary>Compiles the files and decides; or gives what is wrong with the files.</summary>
    public Result<Verdict> Decide(out PolicyProblem? problem)
    {
        switch (CompiledPolicies.Compile(Sources))
        {
            case Compilation.Valid(var policies):
                problem = null;
                return PolicyDecision.Decide(policies.WithGrants(Grants), Question);
            case Compilation.Invalid(var problems):
                problem = problems[0];
                return new Error(problem.Code, problem.Message);
            default:
                throw new InvalidOperationException("A compilation is valid or not.");
        }
    }

    private static AccessCase Read(JsonElement root)
    {
        var (principal, resource, environment) = (Child(root, "principal"), Child(root, "resource"), Child(root, "environment"));
        var sources = new PolicySources
        {
            Root = Texts(Child(root, "root")),
            Trees = Child(root, "trees") is { } trees
                ? trees.EnumerateObject().ToImmutableSortedDictionary(t => t.Name, t => Texts(t.Value), StringComparer.Ordinal)
                : PolicySources.NoTrees,
        };
        var question = new AccessQuestion(
            ReadPrincipal(principal),
            Text(root, "permission") ?? "",
            new AccessResource
            {
                Tenant = Text(resource, "tenant") ?? "",
                TenantStatus = Status(Text(resource, "tenant_status")),
                IsPublic = Text(resource, "visibility") == "public",
                Tree = Text(resource, "tree") ?? "",
                Branch = Text(resource, "branch"),
                Path = Text(resource, "path"),
            },
            new AccessEnvironment(Time(environment, "time"), Text(environment, "ip")));
        return new AccessCase(sources, [.. Items(root, "grants").Select(ReadGrant)], question);
    }

    private static Principal ReadPrincipal(JsonElement? principal) => new()
    {
        Account = Text(principal, "account") ?? "",
        Tenant = Text(principal, "tenant") ?? "",
        Teams = Strings(principal, "teams") ?? [],
        Roles = Strings(principal, "roles") ?? [],
        Attributes = Child(principal, "attributes") is { } attributes
            ? attributes.EnumerateObject().Where(a => a.Value.ValueKind == JsonValueKind.String).ToImmutableDictionary(a => a.Name, a => a.Value.GetString()!, StringComparer.Ordinal)
            : ImmutableDictionary<string, string>.Empty,
        Status = Status(Text(principal, "status")),
        TenantStatus = Status(Text(principal, "tenant_status")),
        TenantType = Text(principal, "tenant_type"),
        TenantPlan = Text(principal, "tenant_plan"),
    };

    private static CrossTenantGrant ReadGrant(JsonElement grant) => new()
    {
        Tenant = Text(grant, "tenant") ?? "",
        Level = Text(grant, "level") ?? "",
        Trees = Strings(grant, "trees"),
        Paths = Strings(grant, "paths"),
        Expires = Time(grant, "expires"),
    };

    private static PolicyTexts Texts(JsonElement? files) => new(Text(files, "roles"), Text(files, "policies"), Text(files, "teams"));

    /// <summary>Reads a status; one that is not known closes, so that a new word never opens anything.</summary>
    private static Standstill Status(string? text) => text switch
    {
        null or "active" => Standstill.None,
        "suspended" => Standstill.Suspended,
        _ => Standstill.Closed,
    };

    private static DateTimeOffset? Time(JsonElement? of, string name) =>
        Text(of, name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;

    private static JsonElement? Child(JsonElement? of, string name) =>
        of is { } parent && parent.TryGetProperty(name, out var child) && child.ValueKind != JsonValueKind.Null ? child : null;

    private static string? Text(JsonElement? of, string name) => Child(of, name)?.GetString();

    private static IEnumerable<JsonElement> Items(JsonElement? of, string name) => Child(of, name)?.EnumerateArray().ToArray() ?? [];

    private static ImmutableArray<string>? Strings(JsonElement? of, string name) =>
        Child(of, name) is { } list ? [.. list.EnumerateArray().Select(e => e.GetString() ?? throw new FormatException($"'{name}' holds something that is no string."))] : null;
}
