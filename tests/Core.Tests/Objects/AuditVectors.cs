using System.Text.Json.Nodes;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;

namespace W0rktree.Core.Tests.Objects;

/// <summary>Makes the vectors of docs/format/audit.md: a chain of three records, and the code of its ends under a key of 32 times 0x2A.</summary>
internal static class AuditVectors
{
    public static JsonObject Make()
    {
        var tenant = TenantId.Parse("0102030405060708090a0b0c0d0e0f10");
        var mark = default(AuditMark);
        var records = new JsonArray();
        foreach (var entry in Entries())
        {
            var record = new AuditRecord
            {
                Tenant = tenant, Number = mark.Count + 1, Previous = mark.Hash, At = DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_000 + (mark.Count * 1_500)), Entry = entry,
            };
            var bytes = AuditCodec.Encode(record);
            mark = new AuditMark(record.Number, AuditCodec.HashOf(bytes));
            records.Add(new JsonObject
            {
                ["number"] = record.Number, ["previous"] = record.Previous.ToString(), ["unix_ms"] = record.At.ToUnixTimeMilliseconds(), ["kind"] = (int)entry.Kind,
                ["actor_kind"] = (int)entry.ActorKind, ["actor"] = entry.Actor, ["token"] = entry.Token, ["address"] = entry.Address, ["request"] = entry.Request,
                ["action"] = entry.Action, ["permission"] = entry.Permission, ["resource"] = entry.Resource, ["outcome"] = entry.Outcome, ["because"] = entry.Because,
                ["details"] = entry.Details, ["count"] = entry.Count, ["encoded"] = Convert.ToHexStringLower(bytes), ["hash"] = mark.Hash.ToString(),
            });
        }

        return new JsonObject { ["tenant"] = tenant.ToString(), ["records"] = records };
    }

    private static IEnumerable<AuditEntry> Entries()
    {
        yield return new AuditEntry { Kind = AuditKind.Change, ActorKind = AuditActor.Anonymous, Request = "5f1e2d3c4b5a6978", Action = "identity.register", Details = "slug=ännchen" };
        yield return new AuditEntry
        {
            Kind = AuditKind.Refusal, ActorKind = AuditActor.Account, Actor = "a0000000000000000000000000000002", Token = "70000000000000000000000000000001", Address = "2001:db8::7",
            Request = "0f1e2d3c4b5a6978", Action = "sync.push", Permission = "sync:push", Resource = "tenant/0102030405060708090a0b0c0d0e0f10", Outcome = "denied",
            Because = "deny policy \"freeze\" of the root",
        };
        yield return new AuditEntry { Kind = AuditKind.Reads, ActorKind = AuditActor.System, Actor = "silo", Action = "events.watch", Count = 300 };
    }
}
