using System.CommandLine;
using System.Text.Json;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt audit</c>: what the server wrote down of everybody's requests, and whether all of it is still there.</summary>
internal static class AuditCommand
{
    private static readonly string[] Kinds = ["change", "refusal", "release", "reads"];

    public static Command Create(CommandContext context) =>
        new WtCommand("audit", "Read and verify what the server wrote down of requests", "wt audit log --tenant acme").With(Log(context), Verify(context), Export(context));

    private static WtCommand Log(CommandContext context)
    {
        var command = new WtCommand("log", "List records, newest first", "wt audit log --tenant acme -n 50", "wt audit log --kind refusal --json") { IsLong = true };
        var tenant = Tenant(command);
        var limit = command.Take(new Option<int?>("--limit", "-n") { Description = "The most to list; 30 by default" });
        var kind = command.Take(new Option<string?>("--kind") { Description = "Only change, refusal, release or reads" }.AcceptOnlyFromAmong(Kinds));
        return command.Run((parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            return ReadAsync(
                context, new AuditReadParams(parse.GetValue(tenant), Math.Max(1, parse.GetValue(limit) ?? 30), parse.GetValue(kind)),
                (_, bytes, who) => report.Answer(Describe(bytes, who), IpcJson.Default.AuditRecordInfo, record => Show(report, record)), cancellationToken);
        });
    }

    private static WtCommand Export(CommandContext context)
    {
        var command = new WtCommand("export", "Write every record as a line of JSON, oldest first, and verify the chain on the way", "wt audit export --tenant acme > acme.jsonl");
        var tenant = Tenant(command);
        return command.Run(async (parse, cancellationToken) =>
        {
            var output = context.Report(parse).Terminal.Output;
            await FollowAsync(
                context, parse.GetValue(tenant), null, (bytes, who) => output.WriteLine(JsonSerializer.Serialize(Describe(bytes, who), IpcJson.Default.AuditRecordInfo)), cancellationToken);
        });
    }

    private static WtCommand Verify(CommandContext context)
    {
        var command = new WtCommand("verify", "Check that no record was altered, removed or moved", "wt audit verify --tenant acme", "wt audit verify --mark 118:5d41…");
        var tenant = Tenant(command);
        var mark = command.Take(new Option<string?>("--mark") { Description = "COUNT:HASH that an earlier verification printed and the chain has to pass" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            AuditMark? anchor = parse.GetValue(mark) is not { } text ? null
                : AuditMark.TryParse(text) ?? throw AgentException.Of(ErrorCodes.InvalidArgument, $"'{text}' is no mark.", "A mark is COUNT:HASH, as 'wt audit verify' prints it.");
            var result = await FollowAsync(context, parse.GetValue(tenant), anchor, null, cancellationToken);
            report.Answer(result, IpcJson.Default.AuditVerifyResult, r =>
            {
                report.Line($"{r.Verified} records of {report.Style.Bold(r.Tenant)} verified{(r.Pruned > 0 ? $", {r.Pruned} older ones were removed by age" : "")}. Nothing was altered, removed or moved.");
                report.Line($"Keep this to notice a chain that was exchanged as a whole: {report.Style.Yellow(r.Mark)}");
            });
        });
    }

    private static Option<string?> Tenant(WtCommand command) => command.Take(new Option<string?>("--tenant", "-t") { Description = "The tenant; your own by default" });

    private static async Task<AuditVerifyResult> FollowAsync(
        CommandContext context, string? tenant, AuditMark? anchor, Action<byte[], string?>? each, CancellationToken cancellationToken)
    {
        AuditChain? chain = null;
        AuditEndsInfo? ends = null;
        await ReadAsync(context, new AuditReadParams(tenant, null, null), (known, bytes, who) =>
        {
            (ends, chain) = (known, chain ?? ChainOf(known, anchor));
            if (bytes.Length > 0)
            {
                Require(chain.Follow(bytes));
                each?.Invoke(bytes, who);
            }
        }, cancellationToken);
        if (ends is null || chain is null)
        {
            throw AgentException.Of(ErrorCodes.Internal, "The server sent no audit.", "Try again.");
        }

        Require(chain.End(Mark(ends.Head)));
        Require(ends.Authentic ? null : "The server's own key does not vouch for the ends of the chain.");
        return new AuditVerifyResult(ends.Tenant, chain.Mark.Count - Mark(ends.Pruned).Count, Mark(ends.Pruned).Count, chain.Mark.ToString());
    }

    /// <summary>Reads an audit and gives each record with the ends of the chain; the ends alone come first, with no bytes.</summary>
    private static async Task ReadAsync(CommandContext context, AuditReadParams read, Action<AuditEndsInfo, byte[], string?> each, CancellationToken cancellationToken)
    {
        AuditEndsInfo? ends = null;
        _ = await context.AskAsync(Methods.AuditRead, read, IpcJson.Default.AuditReadParams, IpcJson.Default.AuditReadResult, cancellationToken, json =>
        {
            var item = json.Deserialize(IpcJson.Default.AuditItem)!;
            ends = item.Ends ?? ends;
            if (item.Record is not null || read.Last is null)
            {
                each(ends!, item.Record is null ? [] : Convert.FromBase64String(item.Record), item.Who);
            }
        });
    }

    private static AuditChain ChainOf(AuditEndsInfo ends, AuditMark? anchor) => new(TenantId.Parse(ends.TenantId), Mark(ends.Pruned), anchor);

    private static AuditMark Mark(string text) => AuditMark.TryParse(text) ?? throw AgentException.Of(ErrorCodes.Internal, $"'{text}' is no mark.", "Try again.");

    private static void Require(string? problem)
    {
        if (problem is not null)
        {
            throw AgentException.Of("audit_broken", problem, "Somebody or something changed what the server stored: compare with an export that was kept.");
        }
    }

    private static AuditRecordInfo Describe(byte[] bytes, string? who)
    {
        var record = AuditCodec.TryDecode(bytes) ?? throw AgentException.Of("audit_broken", "A record is damaged.", "'wt audit verify' says which.");
        var entry = record.Entry;
        return new AuditRecordInfo(
            record.Number, AuditCodec.HashOf(bytes).ToString(), record.Previous.ToString(), record.Tenant.ToString(), record.At, entry.Kind.ToString().ToLowerInvariant(),
            entry.ActorKind.ToString().ToLowerInvariant(), entry.Actor, who, entry.Token, entry.Address, entry.Request, entry.Action, entry.Permission, entry.Resource,
            entry.Outcome, entry.Because, entry.Details, entry.Count);
    }

    private static void Show(Reporter report, AuditRecordInfo record)
    {
        var outcome = record.Kind == "refusal" ? report.Style.Red(record.Outcome) : record.Kind;
        var who = record.Who ?? (record.Actor.Length > 12 ? record.Actor[..12] : record.Actor.Length > 0 ? record.Actor : "nobody");
        report.Line($"{report.Style.Yellow($"{record.Number,6}")} {report.Style.Dim($"{record.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}")} {outcome,-8} {who} {record.Action}{(record.Count > 1 ? $" ×{record.Count}" : "")}");
        foreach (var line in new[] { record.Resource, record.Details, record.Kind == "refusal" ? record.Because : "" }.Where(line => line.Length > 0))
        {
            report.Line(report.Style.Dim($"         {line}"));
        }
    }
}
