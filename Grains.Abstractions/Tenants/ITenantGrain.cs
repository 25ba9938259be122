using Orleans.Concurrency;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Tenants;

/// <summary>Keeps one tenant: its members and the names of its worktrees. Key: <c>GrainKeys.Tenant</c>.</summary>
[Alias("wt.ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Starts the tenant's life; repeating it with the same values is harmless.</summary>
    [SystemOnly]
    Task<Reply<Acknowledged>> CreateAsync(CreateTenant request, CancellationToken cancellationToken);

    /// <summary>Says what an account is to this tenant, as stored at this moment.</summary>
    /// <remarks>
    /// Interleaves: it only reads what is already written, and every guarded grain below the tenant asks it, also while
    /// the tenant waits for one of them.
    /// </remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task<Standing> StandingOfAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Shows the tenant.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<TenantView>> GetAsync(CancellationToken cancellationToken);

    /// <summary>Takes an account in or changes its role; nobody gives more than they hold, and one owner stays.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<Member>> SetMemberAsync(AccountId account, Role role, CancellationToken cancellationToken);

    /// <summary>Says of a member what conditions of policies compare. Repeating it is harmless.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<Member>> SetAttributesAsync(SetAttributes request, CancellationToken cancellationToken);

    /// <summary>Lets an account go; its open streams end. Repeating it is harmless.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<Acknowledged>> RemoveMemberAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Lets the caller go.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<Acknowledged>> LeaveAsync(CancellationToken cancellationToken);

    /// <summary>Lists members from a name on.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<MemberPage>> ListMembersAsync(string from, CancellationToken cancellationToken);

    /// <summary>Takes a name for a worktree; repeating it with the same id is harmless.</summary>
    [Requires(Permission.TreeCreate)]
    Task<Reply<WorktreeName>> ReserveWorktreeAsync(ReserveWorktree request, CancellationToken cancellationToken);

    /// <summary>Finds a worktree by name for the front, which then asks the worktree what the caller may see of it; null where there is none.</summary>
    [SystemOnly]
    [AlwaysInterleave]
    Task<WorktreeName?> ResolveWorktreeAsync(string slug, CancellationToken cancellationToken);

    /// <summary>Lists worktrees from a name on.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<WorktreePage>> ListWorktreesAsync(string from, CancellationToken cancellationToken);

    /// <summary>Lists teams from a name on.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<TeamPage>> ListTeamsAsync(string from, CancellationToken cancellationToken);

    /// <summary>Creates a team, or changes where it stands and what it is called.</summary>
    [Requires(Permission.TeamManage)]
    Task<Reply<TeamView>> SetTeamAsync(SetTeam request, CancellationToken cancellationToken);

    /// <summary>Deletes a team that contains no other. Repeating it is harmless.</summary>
    [Requires(Permission.TeamManage)]
    Task<Reply<Acknowledged>> DeleteTeamAsync(string name, CancellationToken cancellationToken);

    /// <summary>Takes a member into a team. Repeating it is harmless.</summary>
    [Requires(Permission.TeamManage)]
    Task<Reply<TeamView>> AddToTeamAsync(string name, AccountId account, CancellationToken cancellationToken);

    /// <summary>Takes a member out of a team. Repeating it is harmless.</summary>
    [Requires(Permission.TeamManage)]
    Task<Reply<TeamView>> RemoveFromTeamAsync(string name, AccountId account, CancellationToken cancellationToken);

    /// <summary>Invites whoever has a code.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<Invitation>> InviteAsync(Invite request, CancellationToken cancellationToken);

    /// <summary>Lists the invitations that are open.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<InvitationList>> ListInvitationsAsync(CancellationToken cancellationToken);

    /// <summary>Takes an invitation back by the public id of its code. Repeating it is harmless.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<Acknowledged>> RevokeInvitationAsync(string invitationId, CancellationToken cancellationToken);

    /// <summary>Takes the caller in who has an invitation's code, which is the proof.</summary>
    [Anonymous]
    Task<Reply<Member>> AcceptInvitationAsync(TokenHash code, CancellationToken cancellationToken);

    /// <summary>Tells whether a code belongs to an open invitation, for an account that is about to be created.</summary>
    [SystemOnly]
    Task<Reply<Acknowledged>> CheckInvitationAsync(TokenHash code, CancellationToken cancellationToken);

    /// <summary>Creates a service account as a member. Repeating it with the same id answers the same.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<Member>> CreateServiceAccountAsync(CreateServiceAccount request, CancellationToken cancellationToken);

    /// <summary>Makes a token of a service account; nobody makes one of an account whose role is above their own.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<TokenView>> IssueServiceTokenAsync(ServiceTokenRequest request, CancellationToken cancellationToken);

    /// <summary>Lists the tokens of a service account.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<TokenList>> ListServiceTokensAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Ends a token of a service account; answers only when no silo accepts it any more.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<Acknowledged>> RevokeServiceTokenAsync(AccountId account, string tokenId, CancellationToken cancellationToken);

    /// <summary>Gives the organisation another name; the old ones go on leading to it, and policies know it by the first.</summary>
    [Requires(Permission.TenantAdmin)]
    Task<Reply<TenantView>> RenameAsync(string slug, CancellationToken cancellationToken);

    /// <summary>Suspends or closes the organisation; only an operator of the server opens it again.</summary>
    [Requires(Permission.TenantAdmin)]
    Task<Reply<Acknowledged>> StandStillAsync(TenantStatus status, CancellationToken cancellationToken);

    /// <summary>Sets what the tenant may do, on an operator's word; a user's own tenant and account stand and fall together.</summary>
    [SystemOnly]
    Task<Reply<Acknowledged>> ModerateAsync(TenantStatus status, CancellationToken cancellationToken);

    /// <summary>Takes an account in that the organisation's identity provider vouches for; a member keeps their role.</summary>
    [SystemOnly]
    Task<Reply<Member>> AdmitAsync(AccountId account, Role role, CancellationToken cancellationToken);

    /// <summary>Says what the tenant may use, for who counts it.</summary>
    /// <remarks>Interleaves: it only reads what is already written.</remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task<Quota> QuotaAsync(CancellationToken cancellationToken);

    /// <summary>Shows what the tenant may use.</summary>
    [Requires(Permission.TenantAdmin)]
    Task<Reply<QuotaView>> ShowQuotaAsync(CancellationToken cancellationToken);

    /// <summary>Sets limits apart from the usual ones, on an operator's word, and shows what counts from then on.</summary>
    [SystemOnly]
    Task<Reply<QuotaView>> SetQuotaAsync(QuotaChange change, CancellationToken cancellationToken);

    /// <summary>Notes what a member's account may do.</summary>
    [SystemOnly]
    Task MemberStatusAsync(AccountId account, TenantStatus status, CancellationToken cancellationToken);
}
