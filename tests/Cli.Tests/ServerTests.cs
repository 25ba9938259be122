using System.Text;
using System.Text.RegularExpressions;
using W0rktree.TestKit;
using static W0rktree.Cli.Tests.Replies;

namespace W0rktree.Cli.Tests;

/// <summary>One command line with what a server answers to it.</summary>
internal sealed record ServerScenario(string Name, string[] Arguments, int ExitCode, params (string Asked, string Answer)[] Script);

/// <summary>Shows every change of what commands ask a server, print, and end with.</summary>
public sealed partial class ServerTests
{
    private const string Team = """{"name":"payments","parent":"backend","display_name":"Payments","members":["ada","bob"],"member_count":2}""";
    private const string Tenant = """{"id":"01","tenant":"acme","type":"organization","status":"active","my_role":"owner","my_teams":["backend"],"former_names":["acme-old"]}""";
    private const string Invitation = """{"id":"0123456789abcdef0123456789abcdef","role":"developer","teams":["backend"],"note":"for Bob","invited_by":"ada","created":"2026-11-21T09:00:00+00:00","expires":"2026-11-28T09:00:00+00:00"}""";
    private const string Token = """{"id":"01","name":"ci","kind":"token","scopes":["sync:pull"],"created":"2026-11-21T09:00:00+00:00","current":false}""";

    private const string Grant = """{"id":"0123456789abcdef0123456789abcdef","tenant":"partner","level":"write","paths":["docs/"],"expires":"2027-02-19T09:00:00+00:00","given_by":"ada","given":"2026-11-21T09:00:00+00:00"}""";
    private const string Quota = """{"tenant":"acme","limits":{"storage_bytes":50000000000,"file_bytes":1500000,"requests_per_minute":6000},"used":{"storage_bytes":1234567,"requests_this_minute":12}}""";

    internal static IReadOnlyList<ServerScenario> All { get; } =
    [
        new("server-log", ["log", "-n", "1", "--server", "URL/acme/shop"], 0, ("GET /api/v1/worktrees/acme/shop/history?limit=2", $$"""200 {"items":[{{Manual}},{{Auto}}]}""")),
        new("server-log-path", ["log", "--from", "main~1", "src", "--server", "acme/shop"], 0,
            ("GET /api/v1/worktrees/acme/shop/history?at=main~1&path=src&limit=200", $$"""200 {"items":[{{Manual}}],"next_cursor":"abc"}"""),
            ("GET /api/v1/worktrees/acme/shop/history?at=main~1&path=src&limit=200&cursor=abc", $$"""200 {"items":[{{Auto}}]}""")),
        new("server-show", ["show", "main", "--server", "URL/acme/shop"], 0, ("GET /api/v1/worktrees/acme/shop/snapshots/main", $$"""200 {"snapshot":{{Manual}},"changes":{{Changes}},"truncated":false}""")),
        new("server-show-file", ["show", "main", "a.txt", "--server", "URL/acme/shop"], 0, ("GET /api/v1/worktrees/acme/shop/content?at=main&path=a.txt", "200 hello\nworld\n")),
        new("server-branch-list", ["branch", "list", "--server", "URL/acme/shop"], 0, ("GET /api/v1/worktrees/acme/shop/branches", $$"""200 {"items":[{"name":"main","head":"{{A}}","version":3,"moved_by":"ada","moved_at":"2026-11-21T09:00:00+00:00"}]}""")),
        new("server-staged-list", ["staged", "list", "--server", "URL/acme/shop"], 0,
            ("GET /api/v1/account", """200 {"id":"01","account":"ada","email":"ada@example.org","display_name":"Ada","memberships":[],"token_id":"01","scopes":["*"]}"""),
            ("GET /api/v1/worktrees/acme/shop/staged", $$"""200 {"items":[{"account":"ada","copy":"00","branch":"fix","snapshot":"{{A}}","state":"staged","staged_at":"2026-11-21T09:00:00+00:00","change_count":1,"changes":{{Changes}}}]}""")),
        new("server-token-create", ["token", "create", "ci", "--scope", "sync:pull", "--server", "URL"], 0, ("POST /api/v1/tokens", $$"""200 {"token":"wt_secret","info":{{Token}}}""")),
        new("server-token-list", ["token", "list", "--server", "URL"], 0, ("GET /api/v1/tokens", $$"""200 {"items":[{{Token}}]}""")),
        new("server-token-revoke", ["token", "revoke", "01", "--server", "URL"], 0, ("DELETE /api/v1/tokens/01", "204 ")),
        new("server-tenant-members", ["tenant", "members", "acme", "--server", "URL"], 0, ("GET /api/v1/tenants/acme/members", """200 {"items":[{"account":"ada","id":"01","display_name":"Ada","role":"owner","status":"active","service":false}]}""")),
        new("tenant-show", ["tenant", "show", "acme"], 0, ("GET /api/v1/tenants/acme", "200 " + Tenant)),
        new("tenant-rename", ["tenant", "rename", "acme-old", "acme"], 0, ("PATCH /api/v1/tenants/acme-old", "200 " + Tenant)),
        new("tenant-status", ["tenant", "status", "acme", "suspended"], 0, ("PATCH /api/v1/tenants/acme", """200 {"id":"01","tenant":"acme","type":"organization","status":"suspended","my_role":""}""")),
        new("tenant-invite", ["tenant", "invite", "acme", "--team", "backend", "--note", "for Bob"], 0, ("POST /api/v1/tenants/acme/invitations", $$"""200 {"code":"wti_secret","invitation":{{Invitation}}}""")),
        new("tenant-invitations", ["tenant", "invitations", "acme"], 0, ("GET /api/v1/tenants/acme/invitations", $$"""200 {"items":[{{Invitation}}]}""")),
        new("tenant-uninvite", ["tenant", "uninvite", "acme", "0123"], 0,
            ("GET /api/v1/tenants/acme/invitations", $$"""200 {"items":[{{Invitation}}]}"""), ("DELETE /api/v1/tenants/acme/invitations/0123456789abcdef0123456789abcdef", "204 ")),
        new("tenant-join", ["tenant", "join", "wti_secret"], 0, ("POST /api/v1/invitations/accept", "200 " + Tenant)),
        new("tenant-service-create", ["tenant", "service", "create", "acme", "ci", "--role", "viewer"], 0, ("PUT /api/v1/tenants/acme/service-accounts/ci", """200 {"account":"acme--ci","id":"02","display_name":"acme--ci","role":"viewer","status":"active","service":true}""")),
        new("tenant-service-token", ["tenant", "service", "token", "acme", "ci", "pipeline"], 0, ("POST /api/v1/tenants/acme/service-accounts/ci/tokens", $$"""200 {"token":"wt_secret","info":{{Token}}}""")),
        new("tenant-service-tokens", ["tenant", "service", "tokens", "acme", "ci"], 0, ("GET /api/v1/tenants/acme/service-accounts/ci/tokens", $$"""200 {"items":[{{Token}}]}""")),
        new("tenant-service-revoke", ["tenant", "service", "revoke", "acme", "ci", "01"], 0, ("DELETE /api/v1/tenants/acme/service-accounts/ci/tokens/01", "204 ")),
        new("team-list", ["team", "list", "acme"], 0, ("GET /api/v1/tenants/acme/teams", $$"""200 {"items":[{{Team}},{"name":"backend","display_name":"","members":[],"member_count":0}]}""")),
        new("team-create", ["team", "create", "acme", "payments", "--parent", "backend", "--name", "Payments"], 0, ("PUT /api/v1/tenants/acme/teams/payments", "200 " + Team)),
        new("team-delete", ["team", "delete", "acme", "payments"], 0, ("DELETE /api/v1/tenants/acme/teams/payments", "204 ")),
        new("team-add", ["team", "add", "acme", "payments", "bob"], 0, ("PUT /api/v1/tenants/acme/teams/payments/members/bob", "200 " + Team)),
        new("team-remove", ["team", "remove", "acme", "payments", "eve"], 0, ("DELETE /api/v1/tenants/acme/teams/payments/members/eve", "200 " + Team)),
        new("access-list", ["access", "list", "acme/shop"], 0, ("GET /api/v1/worktrees/acme/shop/access", """200 {"rules":["team 'backend' (.wt/access/teams.toml:1)"],"my_permissions":["policy:manage","tree:read"]}""")),
        new("access-test", ["access", "test", "tree:write", "acme/shop/src/app.cs", "--branch", "main"], 0,
            ("GET /api/v1/worktrees/acme/shop/access/test?permission=tree%3Awrite&path=src%2Fapp.cs&branch=main", """200 {"decision":"allow","because":["the membership role 'developer'"]}""")),
        new("access-test-denied", ["access", "test", "sync:push", "acme/shop", "--address", "10.0.0.1"], 5,
            ("GET /api/v1/worktrees/acme/shop/access/test?permission=sync%3Apush&address=10.0.0.1", """200 {"decision":"deny","because":[]}""")),
        new("access-explain", ["access", "explain", "bob", "tree:read", "acme/shop/config/"], 5,
            ("GET /api/v1/worktrees/acme/shop/access/explain?account=bob&permission=tree%3Aread&path=config%2F", """200 {"decision":"deny","because":["deny policy 'closed' (.wt/access/policies.toml:1)"],"account":"bob","role":"developer","teams":["backend"],"rules":[{"rule":"the membership role 'developer'","outcome":"matches","decisive":false},{"rule":"deny policy 'closed' (.wt/access/policies.toml:1)","outcome":"matches","decisive":true},{"rule":"deny policy 'weekend' (.wt/access/policies.toml:9)","outcome":"a condition does not hold","decisive":false}]}""")),
        new("access-grants", ["access", "grants", "acme/shop"], 0,
            ("GET /api/v1/worktrees/acme/shop/grants", $$"""200 {"items":[{{Grant}},{"id":"fedcba98765432100123456789abcdef","tenant":"old-partner","level":"read","trees":["","services/api"],"expires":"2026-11-01T09:00:00+00:00","given_by":"ada","given":"2026-10-21T09:00:00+00:00"}]}""")),
        new("access-grant", ["access", "grant", "acme/shop", "partner", "--level", "write", "--path", "docs/", "--days", "90"], 0, ("POST /api/v1/worktrees/acme/shop/grants", "200 " + Grant)),
        new("access-revoke", ["access", "revoke", "acme/shop", "0123"], 0,
            ("GET /api/v1/worktrees/acme/shop/grants", $$"""200 {"items":[{{Grant}}]}"""), ("DELETE /api/v1/worktrees/acme/shop/grants/0123456789abcdef0123456789abcdef", "204 ")),
        new("access-revoke-unknown", ["access", "revoke", "acme/shop", "9"], 4, ("GET /api/v1/worktrees/acme/shop/grants", $$"""200 {"items":[{{Grant}}]}""")),
        new("access-visibility", ["access", "visibility", "acme/shop", "public"], 0,
            ("PATCH /api/v1/worktrees/acme/shop", """200 {"owner":"acme","name":"shop","id":"01","root_tree":"02","default_branch":"main","my_role":"owner","my_permissions":["tree:read"],"visibility":"public"}""")),
        new("tenant-attribute", ["tenant", "attribute", "acme", "bob", "department=eng", "clearance="], 0,
            ("PATCH /api/v1/tenants/acme/members/bob/attributes", """200 {"account":"bob","id":"03","display_name":"Bob","role":"developer","status":"active","service":false,"attributes":{"department":"eng"}}""")),
        new("tenant-quota", ["tenant", "quota", "acme"], 0, ("GET /api/v1/tenants/acme/quota", "200 " + Quota)),
        new("tenant-quota-set", ["tenant", "quota", "acme", "--storage", "50GB", "--file", "none"], 0, ("PATCH /api/v1/tenants/acme/quota", "200 " + Quota)),
        new("tenant-quota-wrong", ["tenant", "quota", "acme", "--storage", "much"], 2),
        new("server-refuses", ["team", "list", "acme"], 4, ("GET /api/v1/tenants/acme/teams", """404 {"error":{"code":"not_found","message":"There is no such thing, or you may not see it.","hint":"Check the name."}}""")),
        new("server-stranger", ["team", "list", "acme"], 2, ("GET /api/v1/tenants/acme/teams", "404 <html>nothing here</html>")),
    ];

    public static TheoryData<string> Names => [.. All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_command_asks_a_server_and_answers_as_in_its_golden_file(string name)
    {
        var scenario = All.Single(s => s.Name == name);
        await using var server = FakeServer.Start(scenario.Script.ToDictionary(s => s.Asked, s => s.Answer, StringComparer.Ordinal));
        using var line = new CommandLine { Clock = new StandingClock() };
        line.Environment["WT_SERVER"] = server.Url;
        line.Environment["WT_TOKEN"] = "wt_mine";
        var arguments = scenario.Arguments.Select(a => a.Replace("URL", server.Url, StringComparison.Ordinal)).ToArray();
        var text = await line.RunAsync(arguments);
        var asked = server.Requests.ToArray();
        var json = await line.RunAsync([.. arguments, "--json"]);

        var seen = new StringBuilder().AppendLine($"$ wt {string.Join(' ', scenario.Arguments.Select(a => a.Contains(' ', StringComparison.Ordinal) ? $"\"{a}\"" : a))}");
        seen.AppendLine($"--- asked\n{string.Join('\n', asked)}");
        seen.Append($"--- answered\n{Clock().Replace(text.Output, "HH:MM:SS")}--- beside it\n{text.Error}--- answered with --json\n{json.Output}");
        var actual = seen.ToString().ReplaceLineEndings("\n").Replace(server.Url, "URL", StringComparison.Ordinal);

        Assert.Equal((scenario.ExitCode, scenario.ExitCode), (text.ExitCode, json.ExitCode));
        Assert.Equal(Golden.Expect($"tests/Cli.Tests/Golden/{name}.txt", actual), actual);
        Assert.All(json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), answer => System.Text.Json.JsonDocument.Parse(answer).Dispose());
        Assert.DoesNotContain('\e', text.Output + text.Error);
    }

    [Fact]
    public async Task The_token_of_the_last_sign_in_goes_to_its_server_and_to_no_other()
    {
        await using var mine = FakeServer.Start(new() { ["GET /api/v1/tokens"] = """200 {"items":[]}""" });
        await using var other = FakeServer.Start([]);
        using var line = new CommandLine();
        var folder = Path.Combine(line.Folder, ".config", "w0rktree");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "credentials.json"), $$$"""{"last":"{{{mine.Url}}}","servers":{"{{{mine.Url}}}":{"account":"ada","account_id":"01","token":"wt_kept"} } }""");

        Assert.Equal(0, (await line.RunAsync("token", "list", "--server", mine.Url)).ExitCode);
        Assert.Equal(["GET /api/v1/tokens Bearer wt_kept"], mine.Requests);
        Assert.Equal(5, (await line.RunAsync("token", "list", "--server", other.Url)).ExitCode);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_server_that_redirects_does_not_get_the_token_sent_on()
    {
        await using var other = FakeServer.Start([]);
        await using var mine = FakeServer.Start(new() { ["GET /api/v1/tokens"] = $"302 {other.Url}" });
        using var line = new CommandLine();
        line.Environment["WT_TOKEN"] = "wt_mine";
        Assert.NotEqual(0, (await line.RunAsync("token", "list", "--server", mine.Url)).ExitCode);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData(6, "team list acme")]
    [InlineData(5, "team list acme --server http://127.0.0.1:1")]
    [InlineData(2, "team list acme --server ftp://example.org")]
    [InlineData(2, "log --server http://127.0.0.1:1/acme")]
    public async Task Who_names_no_server_or_has_no_token_is_told_the_next_step(int exitCode, string arguments)
    {
        using var line = new CommandLine();
        var ended = await line.RunAsync(arguments.Split(' '));
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Equal(2, ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_offline()
    {
        using var line = new CommandLine();
        line.Environment["WT_TOKEN"] = "wt_mine";
        Assert.Equal(6, (await line.RunAsync("team", "list", "acme", "--server", "http://127.0.0.1:1")).ExitCode);
    }

    [GeneratedRegex(@"\d\d:\d\d:\d\d", RegexOptions.NonBacktracking)]
    private static partial Regex Clock();

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    }
}
