using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using static W0rktree.Cli.Tests.Replies;

namespace W0rktree.Cli.Tests;

/// <summary>Says what the agent answers about an audit of two records.</summary>
internal static class AuditReplies
{
    private static readonly TenantId Tenant = TenantId.Parse("0102030405060708090a0b0c0d0e0f10");

    private static readonly byte[][] Records = Chain(
        new AuditEntry
        {
            Kind = AuditKind.Change, ActorKind = AuditActor.Account, Actor = "a0000000000000000000000000000001", Token = "70000000000000000000000000000001",
            Address = "10.0.0.7", Request = "5f1e2d3c4b5a6978", Action = "sync.push", Permission = "sync:push",
            Resource = $"tenant/{Tenant}/worktree/{Tenant}/tree/{Tenant}", Details = $"branch=main from={B} to={A}",
        },
        new AuditEntry
        {
            Kind = AuditKind.Refusal, ActorKind = AuditActor.Account, Actor = "a0000000000000000000000000000002", Address = "10.0.0.9", Request = "0f1e2d3c4b5a6978",
            Action = "identity.set-member", Permission = "account:manage", Resource = "tenant/acme", Outcome = "denied", Because = "the role viewer does not have it",
        });

    /// <summary>All of it, oldest first.</summary>
    public static string[] All { get; } = [Ends(Records.Length), Item(Records[0], "ada"), Item(Records[1], null), Result("""{"count":2}""")];

    /// <summary>The newest first.</summary>
    public static string[] Newest { get; } = [Ends(Records.Length), Item(Records[1], null), Item(Records[0], "ada"), Result("""{"count":2}""")];

    /// <summary>One record too few.</summary>
    public static string[] CutOff { get; } = [Ends(Records.Length), Item(Records[0], "ada"), Result("""{"count":1}""")];

    private static string Ends(int count) =>
        Event($$"""{"ends":{"tenant":"acme","tenant_id":"{{Tenant}}","pruned":"{{default(AuditMark)}}","head":"{{new AuditMark(count, AuditCodec.HashOf(Records[^1]))}}","authentic":true} }""");

    private static string Item(byte[] record, string? who) =>
        Event($$"""{"record":"{{Convert.ToBase64String(record)}}"{{(who is null ? "" : $",\"who\":\"{who}\"")}} }""");

    private static byte[][] Chain(params AuditEntry[] entries)
    {
        var mark = default(AuditMark);
        return [.. entries.Select(entry =>
        {
            var bytes = AuditCodec.Encode(new AuditRecord
            {
                Tenant = Tenant, Number = mark.Count + 1, Previous = mark.Hash, At = new DateTimeOffset(2026, 11, 21, 9, 0, (int)mark.Count, TimeSpan.Zero), Entry = entry,
            });
            mark = new AuditMark(mark.Count + 1, AuditCodec.HashOf(bytes));
            return bytes;
        })];
    }
}
