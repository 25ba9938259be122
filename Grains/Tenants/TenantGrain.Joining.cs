using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.Accounts;

namespace W0rktree.Grains.Tenants;

/// <summary>Invitations and service accounts.</summary>
public sealed partial class TenantGrain
{
    // One answer, whether the code never was, is used up or was taken back: nobody learns from guessing.
    private static readonly Refusal NoInvitation = new()
    {
        Code = "invitation_void", Message = "The invitation does not hold: it was used, taken back, or is too old.", Hint = "Ask for another invitation.",
    };

    /// <inheritdoc/>
    public async Task<Reply<Invitation>> InviteAsync(Invite request, CancellationToken cancellationToken)
    {
        var caller = mint.Current()!;
        var invitation = new Invitation { Invite = request, By = caller.Account, BySlug = Actor().Slug, At = clock.GetUtcNow() };
        if (Current.Invitations.FirstOrDefault(i => i.Invite.Code == request.Code) is { } repeated)
        {
            return repeated;
        }

        if (!InvitationRules.Invite(Current, Actor().Role, invitation, clock.GetUtcNow()).TryGet(out var next, out var error))
        {
            return error;
        }

        await SaveAsync(next);
        return invitation;
    }

    /// <inheritdoc/>
    public Task<Reply<InvitationList>> ListInvitationsAsync(CancellationToken cancellationToken) => Task.FromResult<Reply<InvitationList>>(
        new InvitationList { Invitations = [.. Current.Invitations.Where(i => i.Invite.ExpiresAt > clock.GetUtcNow())] });

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> RevokeInvitationAsync(string invitationId, CancellationToken cancellationToken)
    {
        await SaveAsync(InvitationRules.Revoke(Current, invitationId));
        return Acknowledged.Instance;
    }

    /// <inheritdoc/>
    public async Task<Reply<Member>> AcceptInvitationAsync(TokenHash code, CancellationToken cancellationToken)
    {
        if (mint.Current() is not { Kind: PrincipalKind.Account } caller)
        {
            return Refusals.SignedOut;
        }

        // What a token of less than everything may not do to the account, it may not do to its memberships.
        if (!caller.InScope(Permission.AccountManage))
        {
            return Refusals.ScopeExceeded(Permission.AccountManage);
        }

        if (InvitationRules.Find(Current, code, clock.GetUtcNow()) is not { } invitation || Current.Status != TenantStatus.Active)
        {
            return NoInvitation;
        }

        var known = await mint.AsSystemAsync("members", () => grains.GetGrain<IAccountGrain>(GrainKeys.Account(caller.Account)).DescribeAsync(cancellationToken));
        if (known is null)
        {
            return NoInvitation;
        }

        var member = MemberOf(known, invitation.Invite.Role);
        return InvitationRules.Accept(Current, invitation, member).TryGet(out var next, out var error)
            ? await JoinAsync(next, next.Find(member.Account) ?? member, cancellationToken)
            : error;
    }

    /// <inheritdoc/>
    public Task<Reply<Acknowledged>> CheckInvitationAsync(TokenHash code, CancellationToken cancellationToken) =>
        Task.FromResult<Reply<Acknowledged>>(InvitationRules.Find(Current, code, clock.GetUtcNow()) is null ? NoInvitation : Acknowledged.Instance);

    /// <inheritdoc/>
    public async Task<Reply<Member>> CreateServiceAccountAsync(CreateServiceAccount request, CancellationToken cancellationToken)
    {
        // The tenant's first name, which never changes; two hyphens, which no person's name has.
        var slug = $"{Current.PolicySlug}--{request.Name}";
        var member = new Member { Account = request.Account, Slug = slug, DisplayName = slug, Role = request.Role, IsService = true };
        if (AccountRules.CheckSlug(request.Name) is { } refusal)
        {
            return refusal;
        }

        if (Current.Find(request.Account) is { } there)
        {
            return there.IsService && there.Slug == slug ? there : Refusals.Invalid("The id is in use.");
        }

        if (!TenantRules.SetMember(Current, Actor().Role, member).TryGet(out var next, out var error))
        {
            return error;
        }

        var start = new StartServiceAccount { Tenant = Id, Slug = slug };
        var started = await mint.AsSystemAsync("members", () => grains.GetGrain<IAccountGrain>(GrainKeys.Account(request.Account)).StartServiceAsync(start, cancellationToken));
        return started.TryGet(out _, out refusal) ? await JoinAsync(next, member, cancellationToken) : refusal;
    }

    /// <inheritdoc/>
    public async Task<Reply<TokenView>> IssueServiceTokenAsync(ServiceTokenRequest request, CancellationToken cancellationToken)
    {
        if (ServiceRefusal(request.Account) is { } refusal)
        {
            return refusal;
        }

        return AccountRules.Within(request.Token.Scopes, mint.Current()!.Scopes)
            ? await mint.AsSystemAsync("tokens", () => grains.GetGrain<IAccountGrain>(GrainKeys.Account(request.Account)).IssueServiceTokenAsync(Id, request.Token, cancellationToken))
            : Refusals.PermissionDenied("a scope that your own token lacks");
    }

    /// <inheritdoc/>
    public async Task<Reply<TokenList>> ListServiceTokensAsync(AccountId account, CancellationToken cancellationToken) => ServiceRefusal(account) is { } refusal
        ? refusal
        : await mint.AsSystemAsync("tokens", () => grains.GetGrain<IAccountGrain>(GrainKeys.Account(account)).ListServiceTokensAsync(Id, cancellationToken));

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> RevokeServiceTokenAsync(AccountId account, string tokenId, CancellationToken cancellationToken) => ServiceRefusal(account) is { } refusal
        ? refusal
        : await mint.AsSystemAsync("tokens", () => grains.GetGrain<IAccountGrain>(GrainKeys.Account(account)).RevokeServiceTokenAsync(Id, tokenId, cancellationToken));

    /// <inheritdoc/>
    public async Task<Reply<Member>> AdmitAsync(AccountId account, Role role, CancellationToken cancellationToken)
    {
        if (Current.Find(account) is { } there)
        {
            return there;
        }

        if (Current.Kind != TenantKind.Organization || await grains.GetGrain<IAccountGrain>(GrainKeys.Account(account)).DescribeAsync(cancellationToken) is not { } known)
        {
            return Refusals.NotFound;
        }

        var member = MemberOf(known, role);
        return TenantRules.SetMember(Current, Role.Owner, member).TryGet(out var next, out var error) ? await JoinAsync(next, member, cancellationToken) : error;
    }

    private Refusal? ServiceRefusal(AccountId account) => Current.Find(account) is not { IsService: true } service ? Refusals.NotFound
        : service.Role > Actor().Role ? new Refusal { Code = "denied", Message = "Nobody acts by an account whose role is above their own.", Hint = "Ask an owner." }
        : null;
}
