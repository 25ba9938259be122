using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>What a tenant may use, and what it uses.</summary>
internal static class QuotaRoutes
{
    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/tenants/{tenant}/quota").WithTags("tenants");
        routes.MapGet("", ShowAsync).WithName("show_quota").WithSummary("Show what a tenant may use, and what it uses; needs tenant:admin, or to be an operator");
        routes.MapPatch("", ChangeAsync).WithName("change_quota").WithSummary("Set limits of a tenant apart from the usual ones; for operators of the server");
    }

    private static Task<QuotaAnswer> ShowAsync(string tenant, IGrainFactory grains, NameBook names, QuotaBook quotas, IObjectVault vault, HttpContext context) =>
        AnswerAsync(tenant, new QuotaChange(), grains, names, quotas, vault, context);

    private static Task<QuotaAnswer> ChangeAsync(
        string tenant, ChangeQuotaBody body, IGrainFactory grains, NameBook names, QuotaBook quotas, IObjectVault vault, HttpContext context) => AnswerAsync(
        tenant,
        new QuotaChange
        {
            Reset = body.Reset ?? false, StorageBytes = body.StorageBytes, FileBytes = body.FileBytes, UploadBytes = body.UploadBytes,
            StagedPerTree = body.StagedPerTree, RequestsPerMinute = body.RequestsPerMinute, Plan = body.Plan,
        },
        grains, names, quotas, vault, context);

    private static async Task<QuotaAnswer> AnswerAsync(
        string tenant, QuotaChange change, IGrainFactory grains, NameBook names, QuotaBook quotas, IObjectVault vault, HttpContext context)
    {
        var id = await names.TenantIdAsync(tenant, context.RequestAborted);

        // An operator need not be a member: they are asked first, and answered as for what does not exist where they are none.
        var asked = await AccountRoutes.Self(grains, CallerSession.Of(context)).SetQuotaAsync(change with { Tenant = id }, context.RequestAborted);
        if (asked.Refusal is { Code: "not_found" } or { Code: "denied" })
        {
            asked = await grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(id)).ShowQuotaAsync(context.RequestAborted);
            if (asked.Refusal is null && change != new QuotaChange())
            {
                throw new RefusedException(new Refusal { Code = "denied", Message = "Only an operator of the server sets what a tenant may use.", Hint = "Ask an operator of the server." });
            }
        }

        var view = asked.OrRefuse();
        return QuotaAnswer.Of(view, await vault.ForTenant(id).UsedBytesAsync(context.RequestAborted), quotas.Counted(id));
    }
}

/// <summary>Sets limits apart; what is absent stays, and 0 means no limit.</summary>
/// <param name="StorageBytes">The most bytes of all its trees on disk.</param>
/// <param name="FileBytes">The most bytes of one file.</param>
/// <param name="UploadBytes">The most bytes of one upload.</param>
/// <param name="StagedPerTree">The most staged snapshots of a tree at a time.</param>
/// <param name="RequestsPerMinute">The most requests in a minute of the accounts that belong to the tenant.</param>
/// <param name="Reset">Whether the usual limits count first.</param>
/// <param name="Plan">What the tenant pays for: <c>tenant.plan</c> of policies.</param>
internal sealed record ChangeQuotaBody(
    long? StorageBytes = null, long? FileBytes = null, long? UploadBytes = null, long? StagedPerTree = null, long? RequestsPerMinute = null, bool? Reset = null, string? Plan = null);

/// <summary>What a tenant may use, and what it uses.</summary>
/// <param name="Tenant">Its name.</param>
/// <param name="Limits">What it may use; what is absent has no limit but the server's own.</param>
/// <param name="Used">What it uses.</param>
/// <param name="Plan">What it pays for: <c>tenant.plan</c> of policies; absent for nothing.</param>
internal sealed record QuotaAnswer(string Tenant, QuotaLimitsAnswer Limits, QuotaUseAnswer Used, string? Plan)
{
    public static QuotaAnswer Of(QuotaView view, long used, int requests) => new(
        view.Slug,
        new QuotaLimitsAnswer(
            Some(view.Limits.StorageBytes), Some(view.Limits.FileBytes), Some(view.Limits.UploadBytes), Some(view.Limits.StagedPerTree), Some(view.Limits.RequestsPerMinute)),
        new QuotaUseAnswer(used, view.Limits.RequestsPerMinute > 0 ? requests : null),
        view.Limits.Plan.Length > 0 ? view.Limits.Plan : null);

    private static long? Some(long limit) => limit == 0 ? null : limit;
}

/// <summary>What a tenant may use.</summary>
/// <param name="StorageBytes">The most bytes of all its trees on disk.</param>
/// <param name="FileBytes">The most bytes of one file.</param>
/// <param name="UploadBytes">The most bytes of one upload.</param>
/// <param name="StagedPerTree">The most staged snapshots of a tree at a time.</param>
/// <param name="RequestsPerMinute">The most requests in a minute of the accounts that belong to the tenant.</param>
internal sealed record QuotaLimitsAnswer(long? StorageBytes, long? FileBytes, long? UploadBytes, long? StagedPerTree, long? RequestsPerMinute);

/// <summary>What a tenant uses.</summary>
/// <param name="StorageBytes">The bytes of all its trees and unfinished uploads on disk.</param>
/// <param name="RequestsThisMinute">The requests that were counted in this minute; absent where there is no limit, for then nobody counts.</param>
internal sealed record QuotaUseAnswer(long StorageBytes, int? RequestsThisMinute);
