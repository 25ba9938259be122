using W0rktree.Protocol.Ipc;
using static W0rktree.Cli.Tests.Replies;

namespace W0rktree.Cli.Tests;

/// <summary>One command line with what the agent answers to it.</summary>
internal sealed record Scenario(string Name, string[] Arguments, int ExitCode, string Method, params string[] Frames);

/// <summary>One scenario for each command that asks the agent, more where it has several ways to answer.</summary>
internal static class Scenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("init", ["init", ".", "--owner", "acme"], 0, Methods.WorktreeInit, Result($$"""{"root":"/home/ada/shop","worktree":"01","tree":"02","branch":"main","name":"shop","owner":"acme","snapshot":"{{A}}","files":1234}""")),
        new("clone", ["clone", "http://127.0.0.1:7420/acme/shop"], 0, Methods.WorktreeClone, """{"progress":{"phase":"downloading","done":1,"total":2,"unit":"objects"}}""", Result($$"""{"root":"/home/ada/shop/shop","branch":"main","snapshot":"{{A}}","files":1234}""")),
        new("status", ["status"], 0, Methods.Status, Result($$"""{"root":"/home/ada/shop","name":"shop","owner":"acme","branch":"main","tip":{{Manual}},"changes":{{Changes}},"conflicts":[],"ahead":1,"behind":2,"sync":{{Sync}},"overlaps":[{{Overlap}}],"warnings":[{"code":"broken_configuration","message":".wt/config.toml:3:7: a value is missing","hint":"The last good values are in force."}],"recovery":{"stale_pid":true,"files_changed":3,"journal_replayed":0,"journal_discarded":1,"action":"3 files kept in a recovery snapshot"} }""")),
        new("status-new", ["status"], 0, Methods.Status, Result("""{"root":"/home/ada/shop","name":"shop","branch":"main","tip":null,"changes":[],"conflicts":[{"path":"a","kind":"content"}],"sync":{"state":"none","pending":0},"overlaps":[],"warnings":[]}""")),
        new("snapshot", ["snapshot", "-m", "Sign in with a passkey"], 0, Methods.SnapshotCreate, Result($$"""{"snapshot":{{Manual}},"changes":{{Changes}},"conflicts":{{Conflicts}} }""")),
        new("snapshot-nothing", ["snapshot"], 0, Methods.SnapshotCreate, Result("""{"changes":[],"conflicts":[]}""")),
        new("log", ["log", "--from", "main@server", "-n", "2", "src"], 0, Methods.Log, Event(Manual), Event(Auto), Result("""{"count":2,"more":true}""")),
        new("show", ["show", "main~2"], 0, Methods.Show, Result($$"""{"snapshot":{{Manual}},"changes":{{Changes}} }""")),
        new("show-file", ["show", "main", "a.txt"], 0, Methods.Show, Event("""{"data":"aGVsbG8K"}"""), Event("""{"data":"d29ybGQK"}"""), Result($$"""{"snapshot":{{Manual}},"changes":[],"entry_kind":"file","size_bytes":12}""")),
        new("diff", ["diff", "--from", "main", "--to", "fix", "-U", "1", "src"], 0, Methods.Diff, Event("""{"data":"LS0tIGEKKysrIGIKQEAgLTEgKzEgQEAKLXgKK3kK"}"""), Result("""{"files":1,"added":1,"deleted":1}""")),
        new("restore", ["restore", "--from", "main~3", "src"], 0, Methods.Restore, Result($$"""{"files":4,"saved_as":"{{B}}"}""")),
        new("restore-entry", ["restore", "--from", "41", "src"], 0, Methods.Restore, Result("""{"files":1}""")),
        new("undo", ["undo"], 0, Methods.Undo, Result($$"""{"undone":"switch (from main to fix), entry 41","branch":"main","snapshot":"{{A}}","files_written":3,"files_deleted":1,"saved_as":"{{B}}","entry":43}""")),
        new("undo-to", ["undo", "--to", "7"], 0, Methods.Undo, Result($$"""{"undone":"everything after entry 7","branch":"main","snapshot":"{{A}}","files_written":0,"files_deleted":0,"entry":44}""")),
        new("branch-list", ["branch", "list"], 0, Methods.BranchList, Result($$"""{"branches":[{"name":"main","snapshot":"{{A}}","current":true,"remote":false,"ahead":1,"behind":0,"deleted":false},{"name":"main@server","snapshot":"{{B}}","current":false,"remote":true,"deleted":false},{"name":"old","snapshot":"{{B}}","current":false,"remote":false,"deleted":true,"deleted_at":"2026-11-20T09:00:00+00:00"}]}""")),
        new("branch-create", ["branch", "create", "fix", "--from", "main@server", "--switch"], 0, Methods.BranchCreate, Result(Branch)),
        new("branch-switch", ["branch", "switch", "fix"], 0, Methods.BranchSwitch, Result(Branch)),
        new("branch-delete", ["branch", "delete", "fix"], 0, Methods.BranchDelete, Result(Branch)),
        new("branch-restore", ["branch", "restore", "fix"], 0, Methods.BranchRestore, Result(Branch)),
        new("copy-add", ["copy", "add", "../fix", "fix"], 0, Methods.CopyAdd, Result($$"""{"root":"/home/ada/fix","branch":"fix","snapshot":"{{A}}","files":1234}""")),
        new("copy-list", ["copy", "list"], 0, Methods.CopyList, Result($$"""{"copies":[{"root":"/home/ada/fix","branch":"fix","snapshot":"{{B}}","current":false,"role":"secondary"},{"root":"/home/ada/old","branch":"old","current":false},{"root":"/home/ada/shop","branch":"main","snapshot":"{{A}}","current":true,"role":"primary"}]}""")),
        new("copy-remove", ["copy", "remove", "../fix"], 0, Methods.CopyRemove, Result($$"""{"root":"/home/ada/fix","branch":"fix","snapshot":"{{B}}"}""")),
        new("merge", ["merge", "fix", "-m", "Take the fix"], 0, Methods.Merge, Result($$"""{"outcome":"merged","snapshot":"{{A}}","files_changed":3,"conflicts":[]}""")),
        new("merge-conflicted", ["merge", "fix"], 3, Methods.Merge, Result($$"""{"outcome":"conflicted","snapshot":"{{A}}","files_changed":3,"conflicts":{{Conflicts}} }""")),
        new("resolve-list", ["resolve"], 0, Methods.Resolve, Result($$"""{"snapshot":"{{A}}","resolved":[],"remaining":[{"path":"src/app.cs","kind":"content","base":{"kind":"file","size_bytes":10,"hash":"{{A}}"},"ours":{"kind":"file","size_bytes":12,"hash":"{{B}}"},"theirs":{"kind":"file","size_bytes":14,"hash":"{{A}}"} },{"path":"old.txt","kind":"modify-delete","base":{"kind":"file","size_bytes":1,"hash":"{{A}}"},"ours":{"kind":"file","size_bytes":2,"hash":"{{B}}"} }],"files_changed":0}""")),
        new("resolve-take", ["resolve", "--take", "theirs", "src/app.cs"], 0, Methods.Resolve, Result($$"""{"snapshot":"{{A}}","resolved":[{"path":"src/app.cs","kind":"content"}],"remaining":[],"files_changed":1}""")),
        new("debug-merge", ["debug", "merge", "main", "fix"], 0, Methods.DebugMerge, Result($$"""{"clean":false,"root":"{{A}}","git_tree":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","conflicts":{{Conflicts}} }""")),
        new("pull", ["pull"], 0, Methods.Pull, Result($$"""{"outcome":"fast_forward","snapshot":"{{A}}","files_changed":3,"conflicts":[]}""")),
        new("pull-conflicted", ["pull", "-m", "Join"], 3, Methods.Pull, Result($$"""{"outcome":"conflicted","snapshot":"{{A}}","files_changed":3,"conflicts":{{Conflicts}} }""")),
        new("pull-up-to-date", ["pull"], 0, Methods.Pull, Result("""{"outcome":"up_to_date","files_changed":0,"conflicts":[]}""")),
        new("push", ["push", "-m", "Sign in", "--to", "acme/shop"], 0, Methods.Push, Result($$"""{"outcome":"pushed","branch":"main","before":"{{B}}","after":"{{A}}","snapshots":2,"folded":0,"bytes_sent":123456,"message_used":false}""")),
        new("push-nothing", ["push", "--keep-all"], 0, Methods.Push, Result($$"""{"outcome":"up_to_date","branch":"main","before":"{{A}}","after":"{{A}}","snapshots":0,"folded":0,"bytes_sent":0}""")),
        new("sync-now", ["sync", "now"], 0, Methods.SyncNow, Result(Sync)),
        new("sync-pause", ["sync", "pause"], 0, Methods.SyncPause, Result("""{"state":"paused","server":"http://127.0.0.1:7420","pending":2}""")),
        new("sync-resume", ["sync", "resume"], 0, Methods.SyncResume, Result("""{"state":"idle","server":"http://127.0.0.1:7420","pending":0}""")),
        new("sync-status", ["sync", "status"], 0, Methods.SyncStatus, Result(Sync)),
        new("staged-list", ["staged", "list"], 0, Methods.StagedList, Result($$"""{"entries":[{{Staged}}],"as_of":"2026-11-21T09:00:00+00:00","offline":true}""")),
        new("staged-none", ["staged", "list"], 0, Methods.StagedList, Result("""{"entries":[],"as_of":"2026-11-21T09:00:00+00:00","offline":false}""")),
        new("staged-clear", ["staged", "clear", "--branch", "fix"], 0, Methods.StagedClear, Result("""{"cleared":1}""")),
        new("staged-watch", ["staged", "watch"], 0, Methods.EventsSubscribe,
            Event("""{"type":"subscribed","time":"2026-11-21T09:00:00+00:00","root":"/home/ada/shop"}"""),
            Event($$"""{"type":"staged","time":"2026-11-21T09:00:00+00:00","root":"/home/ada/shop","staged":{{Staged}} }"""),
            Event($$"""{"type":"overlap","time":"2026-11-21T09:00:00+00:00","root":"/home/ada/shop","overlaps":[{{Overlap}}],"server_time":"2026-11-21T09:00:00+00:00"}"""),
            Event($$"""{"type":"branch_moved","time":"2026-11-21T09:00:00+00:00","root":"/home/ada/shop","branch":{"name":"main@server","snapshot":"{{A}}","current":false,"remote":true,"deleted":false} }"""),
            Event("""{"type":"of_a_later_version","time":"2026-11-21T09:00:00+00:00","root":"/home/ada/shop"}"""),
            Result("{}")),
        new("reflog", ["reflog", "-n", "1"], 0, Methods.ReflogList, Event($$"""{"sequence":7,"time":"2026-11-21T10:00:00.000+01:00","operation":"snapshot","summary":"auto, 3 changed","refs":[{"name":"line/00/main","before":"{{B}}","after":"{{A}}"}]}"""), Result("""{"count":1,"chain_intact":true}""")),
        new("ignore-check", ["ignore", "check", "build/out.o", "src/app.cs"], 0, Methods.IgnoreCheck, Result("""{"verdicts":[{"path":"build/out.o","ignored":true,"file":".wt/ignore","line":2,"pattern":"build/"},{"path":"src/app.cs","ignored":false}]}""")),
        new("logout", ["logout"], 0, Methods.AuthLogout, Result("{}")),
        new("whoami-account", ["whoami", "--account"], 0, Methods.AuthWhoAmI, Result(Account)),
        new("token-create", ["token", "create", "ci", "--scope", "sync:pull", "--days", "90"], 0, Methods.TokenCreate, Result("""{"token":"wt_secret","info":{"id":"01","name":"ci","kind":"personal","scopes":["sync:pull"],"created":"2026-11-21T09:00:00+00:00","current":false}}""")),
        new("token-list", ["token", "list"], 0, Methods.TokenList, Result("""{"tokens":[{"id":"01","name":"ci","kind":"personal","scopes":[],"created":"2026-11-21T09:00:00+00:00","expires":"2027-02-19T09:00:00+00:00","current":true}]}""")),
        new("token-revoke", ["token", "revoke", "01"], 0, Methods.TokenRevoke, Result("{}")),
        new("tenant-create", ["tenant", "create", "acme", "--name", "Acme"], 0, Methods.TenantCreate, Result("""{"tenant":"01","slug":"acme"}""")),
        new("tenant-members", ["tenant", "members", "acme"], 0, Methods.TenantMembers, Result("""{"members":[{"account":"ada","display_name":"Ada","role":"owner"},{"account":"bob","role":"developer"}]}""")),
        new("tenant-add", ["tenant", "add", "acme", "bob", "--role", "viewer"], 0, Methods.TenantSetMember, Result("{}")),
        new("tenant-remove", ["tenant", "remove", "acme", "bob"], 0, Methods.TenantRemoveMember, Result("{}")),
        new("worker-status", ["worker", "status"], 0, Methods.WorkerStatus, Result("""{"state":"degraded","state_detail":"watcher","pid":42,"version":"0.1.0","uptime_seconds":3723,"memory_bytes":104857600,"ipc_path":"/run/w.sock","trees":[{"root":"/home/ada/shop","tree":"02","copy":"00","branch":"main","watcher_backend":"inotify","directories":12,"ignore_rules":9,"ignore_files":1,"pending_changes":3}],"server":{"url":"http://127.0.0.1:7420","connection":"connected","latency_ms":1.25,"pending_sync":2},"storage":{"path":"/data","snapshots":3,"objects":40,"disk_bytes":1048576},"warnings":[{"code":"polling","message":"The watcher polls."}]}""")),
        new("gc", ["gc"], 0, Methods.Gc, Result("""{"dry_run":false,"roots":{"references":3,"reflog":41},"reachable":1000,"waiting":{"objects":3,"bytes":456},"removed":{"objects":2,"bytes":123},"next_due":"2026-11-21T09:00:00+00:00","bytes_before":123456,"bytes_after":99000,"packs":1}""")),
        new("gc-dry-run", ["gc", "--dry-run"], 0, Methods.Gc, Result("""{"dry_run":true,"roots":{"references":3},"reachable":1000,"waiting":{"objects":0,"bytes":0},"removed":{"objects":2,"bytes":123},"bytes_before":123456,"bytes_after":123456,"packs":4}""")),
        new("doctor", ["doctor"], 0, Methods.Doctor, Result("""{"healthy":true,"objects":1000,"bytes":123456,"problems":[]}""")),
        new("debug-verify", ["debug", "verify"], 1, Methods.DebugVerify, Result($$"""{"healthy":false,"objects":1000,"bytes":123456,"problems":[{"code":"damaged_object","what":"its bytes have another hash","object":"{{A}}","place":"journal/00000001.wtj:4096","hint":"Fetch it again: wt sync now"}]}""")),
    ];
}
