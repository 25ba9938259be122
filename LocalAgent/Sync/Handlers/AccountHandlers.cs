using W0rktree.Core;
using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.Sync.Accounts;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Handlers;

/// <summary>Answers what clients ask about signing in, tokens and organisations.</summary>
internal static class AccountHandlers
{
    public static HandlerTable AddAccounts(this HandlerTable table, AccountOperations accounts, SyncFactory sync, TimeProvider clock) => table
        .Add(Methods.AuthLogin, IpcJson.Default.AuthLoginParams, IpcJson.Default.AccountInfo, async (_, login, cancellationToken) =>
        {
            var result = await accounts.LoginAsync(login, cancellationToken);
            if (result.IsOk)
            {
                sync.ReconnectAll();
            }

            return result;
        })
        .Add(Methods.AuthLogout, IpcJson.Default.Nothing, async (_, cancellationToken) => (await accounts.LogoutAsync(cancellationToken)).Map(_ => new Nothing()))
        .Add(Methods.AuthWhoAmI, IpcJson.Default.AccountInfo, (_, cancellationToken) => accounts.WhoAmIAsync(cancellationToken))
        .Add(Methods.TokenCreate, IpcJson.Default.TokenCreateParams, IpcJson.Default.TokenCreateResult, (_, create, cancellationToken) => accounts.CreateTokenAsync(create, clock.GetUtcNow(), cancellationToken))
        .Add(Methods.TokenList, IpcJson.Default.TokenListResult, (_, cancellationToken) => accounts.ListTokensAsync(cancellationToken))
        .Add(Methods.TokenRevoke, IpcJson.Default.TokenRevokeParams, IpcJson.Default.Nothing, (_, revoke, cancellationToken) => accounts.RevokeTokenAsync(revoke, cancellationToken))
        .Add(Methods.AuditRead, IpcJson.Default.AuditReadParams, IpcJson.Default.AuditReadResult, (context, read, cancellationToken) =>
            new AuditOperations(accounts).ReadAsync(read, item => context.SendAsync(item, IpcJson.Default.AuditItem, cancellationToken), cancellationToken))
        .Add(Methods.TenantCreate, IpcJson.Default.TenantCreateParams, IpcJson.Default.TenantCreateResult, (_, create, cancellationToken) => accounts.CreateTenantAsync(create, cancellationToken))
        .Add(Methods.TenantMembers, IpcJson.Default.TenantMemberParams, IpcJson.Default.TenantMembersResult, (_, of, cancellationToken) => accounts.MembersAsync(of, cancellationToken))
        .Add(Methods.TenantSetMember, IpcJson.Default.TenantMemberParams, IpcJson.Default.Nothing, (_, set, cancellationToken) => accounts.SetMemberAsync(set, cancellationToken))
        .Add(Methods.TenantRemoveMember, IpcJson.Default.TenantMemberParams, IpcJson.Default.Nothing, (_, remove, cancellationToken) => accounts.RemoveMemberAsync(remove, cancellationToken));
}
