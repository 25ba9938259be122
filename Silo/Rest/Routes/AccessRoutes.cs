using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>What the policies in force say, and why.</summary>
internal static class AccessRoutes
{
    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/worktrees/{owner}/{name}/access").WithTags("access");
        routes.MapGet("", ListAsync).WithName("list_access").WithSummary("List every rule, team, ceiling and grant in force");
        routes.MapGet("/test", TestAsync).WithName("test_access").WithSummary("Say whether you may do something, and what decides it");
        routes.MapGet("/explain", ExplainAsync).WithName("explain_access").WithSummary("Say whether somebody may do something, with every rule considered");
    }

    private static async Task<AccessListAnswer> ListAsync(string owner, string name, string? tree, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var address = (await names.WorktreeAsync(grains, owner, name, context.RequestAborted)).Tree(tree);
        var listing = (await grains.GetGrain<ITreeGrain>(GrainKeys.Tree(address)).ListAccessAsync(context.RequestAborted)).OrRefuse();
        return new AccessListAnswer(listing.Rules, listing.Permissions);
    }

    private static async Task<AccessTestAnswer> TestAsync(
        string owner, string name, string permission, string? tree, string? branch, string? path, string? address, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var place = (await names.WorktreeAsync(grains, owner, name, context.RequestAborted)).Tree(tree);
        var probe = Probe(permission, branch, path, address);
        var verdict = (await grains.GetGrain<ITreeGrain>(GrainKeys.Tree(place)).TestAccessAsync(probe, context.RequestAborted)).OrRefuse();
        return new AccessTestAnswer(TextOf(verdict), verdict.Because);
    }

    private static async Task<AccessExplanationAnswer> ExplainAsync(
        string owner, string name, string account, string permission, string? tree, string? branch, string? path, string? address, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var place = (await names.WorktreeAsync(grains, owner, name, context.RequestAborted)).Tree(tree);
        var grain = grains.GetGrain<ITreeGrain>(GrainKeys.Tree(place));
        var probe = Probe(permission, branch, path, address);
        var about = (await names.FindAsync(account, context.RequestAborted))?.Account ?? default;
        if (about == default)
        {
            // Who may not ask about others is told so before they learn whether this one exists.
            _ = (await grain.ListAccessAsync(context.RequestAborted)).OrRefuse();
            throw Replies.Invalid($"There is no account '{account}'.");
        }

        var verdict = (await grain.TestAccessAsync(probe with { Account = about }, context.RequestAborted)).OrRefuse();
        return new AccessExplanationAnswer(
            TextOf(verdict), verdict.Because, account, verdict.Role, verdict.Teams, [.. verdict.Rules.Select(r => new ConsideredRuleAnswer(r.Rule, r.Outcome, r.IsDecisive))]);
    }

    private static AccessProbe Probe(string permission, string? branch, string? path, string? address) => new()
    {
        Permission = permission,
        Branch = string.IsNullOrEmpty(branch) ? default : Wire.Branch(branch),
        Path = string.IsNullOrEmpty(path) ? TreePath.Root : TreePath.Parse(path).OrRefuse(),
        Address = address is { Length: <= 64 } ? address : "",
    };

    private static string TextOf(AccessVerdict verdict) => verdict.IsAllowed ? "allow" : "deny";
}

/// <summary>What is in force.</summary>
/// <param name="Rules">Every rule, team, ceiling and grant, with file and line.</param>
/// <param name="MyPermissions">What the caller may do to the tree as a whole.</param>
internal sealed record AccessListAnswer(IReadOnlyList<string> Rules, IReadOnlyList<string> MyPermissions);

/// <summary>What the policies say.</summary>
/// <param name="Decision"><c>allow</c> or <c>deny</c>.</param>
/// <param name="Because">What decides it; empty where the caller may not read the policies.</param>
internal sealed record AccessTestAnswer(string Decision, IReadOnlyList<string> Because);

/// <summary>What the policies say about somebody, and the whole way there.</summary>
/// <param name="Decision"><c>allow</c> or <c>deny</c>.</param>
/// <param name="Because">What decides it.</param>
/// <param name="Account">About whom.</param>
/// <param name="Role">Their membership role; empty for none.</param>
/// <param name="Teams">Their teams, with those that contain them.</param>
/// <param name="Rules">Every rule considered.</param>
internal sealed record AccessExplanationAnswer(
    string Decision, IReadOnlyList<string> Because, string Account, string Role, IReadOnlyList<string> Teams, IReadOnlyList<ConsideredRuleAnswer> Rules);

/// <summary>A rule that was considered.</summary>
/// <param name="Rule">The rule, with file and line.</param>
/// <param name="Outcome">Whether it matched, and if not, which part of it did not.</param>
/// <param name="Decisive">Whether the answer would need it gone to be another.</param>
internal sealed record ConsideredRuleAnswer(string Rule, string Outcome, bool Decisive);
