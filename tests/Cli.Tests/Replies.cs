namespace W0rktree.Cli.Tests;

/// <summary>What the agent says in the scenarios: one example of each answer, with the optional parts that are rendered.</summary>
internal static class Replies
{
    public const string A = "aaaaaaaaaaaa1111111111111111111111111111111111111111111111111111";
    public const string B = "bbbbbbbbbbbb2222222222222222222222222222222222222222222222222222";

    public const string C = "cccccccccccc3333333333333333333333333333333333333333333333333333";

    public const string Manual = $$"""{"id":"{{A}}","root":"{{B}}","parents":["{{B}}"],"kind":"manual","time":"2026-11-21T10:00:00.000+01:00","author":"Ada <ada@example.org>","message":"Sign in with a passkey\n\nAnd out.\n","conflicted":false,"pushed":true}""";
    public const string Auto = $$"""{"id":"{{B}}","root":"{{A}}","parents":[],"kind":"auto","time":"2026-11-21T09:59:00.000+01:00","message":"","conflicted":true}""";
    public const string Joined = $$"""{"id":"{{A}}","root":"{{B}}","parents":["{{B}}"],"kind":"merge","time":"2026-11-21T10:00:00.000+01:00","author":"Ada <ada@example.org>","message":"Join\n","conflicted":false,"path":"docs/new.md","follows":["{{B}}","{{C}}"]}""";
    public const string Followed = $$"""{"id":"{{C}}","root":"{{A}}","parents":[],"kind":"manual","time":"2026-11-21T09:59:00.000+01:00","author":"Bob <bob@example.org>","message":"Begin","conflicted":false,"path":"docs/old.md","follows":[]}""";
    public const string BlamedOld = $$"""{"line":1,"snapshot":"{{A}}","origin_path":"src/old.cs","origin_line":7,"passed_on":false,"author":"Ada <ada@example.org>","time":"2026-11-21T10:00:00.000+01:00","summary":"Sign in with a passkey","lines":["one","two"]}""";
    public const string BlamedNew = $$"""{"line":3,"snapshot":"{{B}}","origin_path":"src/app.cs","origin_line":3,"passed_on":true,"time":"2026-11-21T11:00:00.000+01:00","lines":["\tthree"]}""";
    public const string Changes = """[{"path":"src/app.cs","change":"modified","change_class":"code","size_bytes":12},{"path":"docs/new.md","change":"renamed","change_class":"documentation","old_path":"docs/old.md"},{"path":"Shop.csproj","change":"added","change_class":"dependency"}]""";
    public const string Sync = $$"""{"state":"offline","server":"http://127.0.0.1:7420","pending":2,"staged":"{{A}}","last_error":{"code":"offline","message":"nobody listens at 127.0.0.1:7420"} }""";
    public const string Overlap = """{"path":"src/app.cs","kind":"predicted_conflict","account":"bob","branch":"main","since":"2026-11-21T09:00:00+00:00"}""";
    public const string Staged = $$"""{"account":"bob","copy":"00","mine":false,"branch":"main","snapshot":"{{B}}","state":"staged","staged_at":"2026-11-21T09:00:00+00:00","changes":{{Changes}},"change_count":23}""";
    public const string Account = """{"server":"http://127.0.0.1:7420","account":"ada","account_id":"01","email":"ada@example.org","memberships":[{"tenant":"acme","type":"organization","role":"owner"}]}""";
    public const string Branch = $$"""{"name":"fix","snapshot":"{{A}}","files_written":3,"files_deleted":1,"saved_as":"{{B}}"}""";
    public const string Conflicts = """[{"path":"src/app.cs","kind":"content"},{"path":"logo.png","kind":"binary"}]""";

    public static string Result(string json) => $$"""{"result":{{json}} }""";

    public static string Event(string json) => $$"""{"event":{{json}} }""";
}
