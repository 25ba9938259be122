using System.CommandLine;
using System.Globalization;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt tenant quota</c>: what a tenant may use, and what it uses.</summary>
internal static class QuotaCommand
{
    // In the order of their size, so that the first that divides is the largest.
    private static readonly (string Unit, long Bytes)[] Units = [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];

    public static WtCommand Create(CommandContext context)
    {
        var command = new WtCommand("quota", "Show what a tenant may use and what it uses; an operator of the server sets it", "wt tenant quota acme", "wt tenant quota acme --storage 50GB --staged none");
        var tenant = command.Take(new Argument<string>("tenant") { Description = "Its name" });
        var storage = command.Take(Limit("--storage", "The most that all its trees take on disk"));
        var file = command.Take(Limit("--file", "The largest file"));
        var upload = command.Take(Limit("--upload", "The largest upload"));
        var staged = command.Take(Limit("--staged", "The most staged snapshots of one tree at a time"));
        var requests = command.Take(Limit("--requests", "The most requests in a minute of the accounts that belong to it"));
        var plan = command.Take(new Option<string?>("--plan") { Description = "What it pays for: 'tenant.plan' of policies; 'none' for nothing" });
        var usual = command.Take(new Option<bool>("--usual") { Description = "Forget what was set apart: the usual limits of the server count" });
        var server = command.Take(ServerOption.Other());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var change = new QuotaChange(
                Number(parse, storage), Number(parse, file), Number(parse, upload), Number(parse, staged), Number(parse, requests), parse.GetValue(usual) ? true : null,
                parse.GetValue(plan) is "none" ? "" : parse.GetValue(plan));
            using var door = ServerDoor.Open(context, parse.GetValue(server));
            var path = $"tenants/{Uri.EscapeDataString(parse.GetValue(tenant)!)}/quota";
            var answer = change == new QuotaChange()
                ? await door.GetAsync(path, ServerJson.Default.QuotaInfo, cancellationToken)
                : await door.SendAsync(HttpMethod.Patch, path, change, ServerJson.Default.QuotaChange, ServerJson.Default.QuotaInfo, cancellationToken);
            report.Answer(answer, ServerJson.Default.QuotaInfo, a => Render(report, a));
        });
    }

    private static void Render(Reporter report, QuotaInfo quota)
    {
        report.Line($"{report.Style.Bold(quota.Tenant)}{(quota.Plan is { } plan ? $", plan {plan}" : "")}");
        report.Line($"storage   {Bytes(quota.Used.StorageBytes)} of {Bytes(quota.Limits.StorageBytes)}");
        report.Line($"file      {Bytes(quota.Limits.FileBytes)}");
        report.Line($"upload    {Bytes(quota.Limits.UploadBytes)}");
        report.Line($"staged    {Count(quota.Limits.StagedPerTree)} in one tree");
        report.Line($"requests  {(quota.Used.RequestsThisMinute is { } used ? $"{Count(used)} of " : "")}{Count(quota.Limits.RequestsPerMinute)} in a minute");
    }

    private static Option<string?> Limit(string name, string description) => new(name) { Description = $"{description}, such as 500MB or 1000; 'none' for no limit", HelpName = "limit" };

    private static long? Number(ParseResult parse, Option<string?> option)
    {
        if (parse.GetValue(option) is not { } text)
        {
            return null;
        }

        var (digits, factor) = Units.Select(u => (text.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase) ? text[..^u.Unit.Length] : null, u.Bytes))
            .FirstOrDefault(u => u.Item1 is not null, (text, 1));
        return text == "none" ? 0
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= long.MaxValue / factor ? number * factor
            : throw AgentException.Of(ErrorCodes.InvalidArgument, $"'{text}' is no limit.", $"Give {option.Name} a number, with kB, MB, GB or TB where it means bytes, or 'none'.");
    }

    private static string Bytes(long? bytes)
    {
        if (bytes is not { } some)
        {
            return "no limit";
        }

        var unit = Units.FirstOrDefault(u => some >= u.Bytes, ("B", 1));
        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)some / unit.Bytes:0.#} {unit.Unit}");
    }

    private static string Count(long? count) => count is { } some ? some.ToString("N0", CultureInfo.InvariantCulture) : "no limit";
}
