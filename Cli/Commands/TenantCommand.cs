using System.CommandLine;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt tenant</c>: organisations and their members.</summary>
internal static class TenantCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("tenant", "Create organisations and say who is in them", "wt tenant members acme").With(
            CreateNew(context), TenantStandingCommands.Show(context), Members(context), Add(context), Remove(context),
            JoiningCommands.Invite(context), JoiningCommands.Invitations(context), JoiningCommands.Uninvite(context), JoiningCommands.Join(context),
            TenantStandingCommands.Rename(context), TenantStandingCommands.Status(context), AttributeCommand.Create(context), QuotaCommand.Create(context), ServiceAccountCommands.Create(context));

    private static WtCommand CreateNew(CommandContext context)
    {
        var command = new WtCommand("create", "Create an organisation; you become its owner", "wt tenant create acme --email it@acme.example");
        var slug = command.Take(new Argument<string>("slug") { Description = "Its name in addresses: a-z, 0-9 and '-'" });
        var email = command.Take(new Option<string?>("--email") { Description = "Its email; yours by default" });
        var name = command.Take(new Option<string?>("--name") { Description = "Its name as people see it" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.TenantCreate, new TenantCreateParams(parse.GetValue(slug)!, parse.GetValue(email), parse.GetValue(name)),
                IpcJson.Default.TenantCreateParams, IpcJson.Default.TenantCreateResult, cancellationToken);
            report.Answer(result, IpcJson.Default.TenantCreateResult, r => report.Line($"Organisation {report.Style.Bold(r.Slug)} is yours. 'wt tenant add {r.Slug} USER --role developer' lets others in."));
        });
    }

    private static WtCommand Members(CommandContext context)
    {
        var command = new WtCommand("members", "List who is in an organisation", "wt tenant members acme");
        var slug = command.Take(new Argument<string>("tenant") { Description = "The organisation" });
        var server = command.Take(ServerOption.InsteadOfAgent());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = parse.GetValue(server) is { } address ? ServerDoor.Open(context, address) : null;
            var result = door is null
                ? await context.AskAsync(
                    Methods.TenantMembers, new TenantMemberParams(parse.GetValue(slug)!, null, null), IpcJson.Default.TenantMemberParams, IpcJson.Default.TenantMembersResult, cancellationToken)
                : await MembersAsync(door, parse.GetValue(slug)!, cancellationToken);
            report.Answer(result, IpcJson.Default.TenantMembersResult, r =>
            {
                foreach (var member in r.Members)
                {
                    report.Line($"{member.Account,-24} {member.Role,-12} {report.Style.Dim(member.DisplayName ?? "")}");
                }
            });
        });
    }

    private static async Task<TenantMembersResult> MembersAsync(ServerDoor door, string tenant, CancellationToken cancellationToken)
    {
        var members = new List<MemberEntry>();
        await foreach (var member in door.ListAsync($"tenants/{Uri.EscapeDataString(tenant)}/members", ServerJson.Default.PageMemberInfo, cancellationToken))
        {
            members.Add(new MemberEntry(member.Account, member.DisplayName, member.Role));
        }

        return new TenantMembersResult(members);
    }

    private static WtCommand Add(CommandContext context)
    {
        var command = new WtCommand("add", "Add a member, or change a member's role", "wt tenant add acme bob --role developer");
        var role = command.Take(new Option<string>("--role", "-r") { Description = "owner, admin, maintainer, developer or viewer", DefaultValueFactory = _ => "developer" }.AcceptOnlyFromAmong("owner", "admin", "maintainer", "developer", "viewer"));
        return Member(context, command, Methods.TenantSetMember, role, (tenant, account, given) => $"{account} is {given} in {tenant}.");
    }

    private static WtCommand Remove(CommandContext context)
    {
        var command = new WtCommand("remove", "Take a member out", "wt tenant remove acme bob");
        return Member(context, command, Methods.TenantRemoveMember, null, (tenant, account, _) => $"{account} is no longer in {tenant}.");
    }

    private static WtCommand Member(CommandContext context, WtCommand command, string method, Option<string>? role, Func<string, string, string?, string> render)
    {
        var tenant = command.Take(new Argument<string>("tenant") { Description = "The organisation" });
        var account = command.Take(new Argument<string>("user") { Description = "The member's user name" });
        if (role is not null)
        {
            command.Add(role);
        }

        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var given = role is null ? null : parse.GetValue(role);
            var parameters = new TenantMemberParams(parse.GetValue(tenant)!, parse.GetValue(account), given);
            var result = await context.AskAsync(method, parameters, IpcJson.Default.TenantMemberParams, IpcJson.Default.Nothing, cancellationToken);
            report.Answer(result, IpcJson.Default.Nothing, _ => report.Line(render(parameters.Tenant, parameters.Account!, given)));
        });
    }
}
