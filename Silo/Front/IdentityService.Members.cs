using Grpc.Core;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Protocol.Grpc;
using CreateTenantRequest = W0rktree.Grains.Abstractions.Accounts.CreateOrganization;
using MemberInfo = W0rktree.Protocol.Grpc.Member;

namespace W0rktree.Silo.Front;

/// <summary>Organisations and members.</summary>
internal sealed partial class IdentityService
{
    /// <inheritdoc/>
    public override async Task<CreateOrganizationReply> CreateOrganization(CreateOrganizationRequest request, ServerCallContext context)
    {
        var requestId = Wire.RequestId(request.RequestId);
        var tenant = new TenantId(SignInDesk.Drawn("organization", requestId + CallerSession.Of(context).Account));
        _ = (await Self(context).CreateOrganizationAsync(
            new CreateTenantRequest { Tenant = tenant, Slug = request.Slug, Email = request.Email.Trim().ToLowerInvariant(), DisplayName = request.DisplayName },
            context.CancellationToken)).OrRefuse();
        return new CreateOrganizationReply { TenantId = tenant.ToString(), Slug = request.Slug };
    }

    /// <inheritdoc/>
    public override async Task<SetMemberReply> SetMember(SetMemberRequest request, ServerCallContext context)
    {
        var tenant = await names.TenantAsync(request.Tenant, context.CancellationToken);

        // Who may not see the tenant must not learn from here which accounts exist.
        _ = (await tenant.GetAsync(context.CancellationToken)).OrRefuse();
        var account = await names.AccountAsync(request.Account, context.CancellationToken);
        _ = (await tenant.SetMemberAsync(account, RoleOf(request.Role), context.CancellationToken)).OrRefuse();
        return new SetMemberReply();
    }

    /// <inheritdoc/>
    public override async Task<RemoveMemberReply> RemoveMember(RemoveMemberRequest request, ServerCallContext context)
    {
        var tenant = await names.TenantAsync(request.Tenant, context.CancellationToken);
        _ = (await tenant.GetAsync(context.CancellationToken)).OrRefuse();
        var account = await names.AccountAsync(request.Account, context.CancellationToken);
        var removed = account == CallerSession.Of(context).Account
            ? await tenant.LeaveAsync(context.CancellationToken)
            : await tenant.RemoveMemberAsync(account, context.CancellationToken);
        _ = removed.OrRefuse();
        return new RemoveMemberReply();
    }

    /// <inheritdoc/>
    public override async Task<ListMembersReply> ListMembers(ListMembersRequest request, ServerCallContext context)
    {
        var tenant = await names.TenantAsync(request.Tenant, context.CancellationToken);
        var reply = new ListMembersReply();
        var from = "";
        do
        {
            var page = (await tenant.ListMembersAsync(from, context.CancellationToken)).OrRefuse();
            reply.Members.AddRange(page.Members.Select(m => new MemberInfo
            {
                AccountId = m.Account.ToString(), Slug = m.Slug, DisplayName = m.DisplayName, Role = TextOf(m.Role),
            }));
            from = page.Next;
        }
        while (from.Length > 0);
        return reply;
    }

    /// <summary>Describes an account's membership; null where it cannot be seen.</summary>
    internal static async Task<Membership?> MembershipAsync(IGrainFactory grains, TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            var view = await grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).GetAsync(cancellationToken);
            return view.TryGet(out var found, out _)
                ? new Membership
                {
                    TenantId = tenant.ToString(),
                    TenantSlug = found.Slug,
                    TenantType = found.Kind == TenantKind.User ? "user" : "organization",
                    Role = TextOf(found.Role),
                }
                : null;
        }
        catch (AccessDeniedException)
        {
            return null; // Let go since, or a token of less scope than seeing it.
        }
    }

    /// <summary>Reads a role as messages name it.</summary>
    internal static Role RoleOf(string text) => text switch
    {
        "owner" => Role.Owner,
        "admin" => Role.Admin,
        "maintainer" => Role.Maintainer,
        "developer" => Role.Developer,
        "viewer" => Role.Viewer,
        _ => throw Replies.Invalid("A role is one of owner, admin, maintainer, developer and viewer."),
    };

    /// <summary>Gives a role as messages name it.</summary>
    internal static string TextOf(Role role) => role switch
    {
        Role.Owner => "owner",
        Role.Admin => "admin",
        Role.Maintainer => "maintainer",
        Role.Developer => "developer",
        Role.Viewer => "viewer",
        _ => "",
    };
}
