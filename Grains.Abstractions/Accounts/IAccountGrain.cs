using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Abstractions.Accounts;

/// <summary>Keeps one account: who it is, its password's hash, its tokens and its memberships. Key: <c>GrainKeys.Account</c>.</summary>
[Alias("wt.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Creates the account, its tenant and its names. Repeating it with the same names and password answers the same.</summary>
    [Anonymous]
    Task<Reply<AccountView>> RegisterAsync(RegisterAccount request, CancellationToken cancellationToken);

    /// <summary>Gives the salt to prove the password under; counts against the limit of failed attempts.</summary>
    [Anonymous]
    Task<Reply<PasswordVerifier>> BeginSignInAsync(CancellationToken cancellationToken);

    /// <summary>Checks the proof and makes a token.</summary>
    [Anonymous]
    Task<Reply<AccountView>> SignInAsync(SignIn request, CancellationToken cancellationToken);

    /// <summary>Checks the proof and makes the session that waits for it elsewhere.</summary>
    [Anonymous]
    Task<Reply<Acknowledged>> ConfirmDeviceAsync(DeviceConfirmation request, CancellationToken cancellationToken);

    /// <summary>Makes the session that waits elsewhere, for somebody whom an identity provider vouches for.</summary>
    [SystemOnly]
    Task<Reply<Acknowledged>> AdmitDeviceAsync(string device, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Creates the account of somebody whom an identity provider vouches for; repeating it answers the same.</summary>
    [SystemOnly]
    Task<Reply<AccountView>> StartExternalAsync(ExternalIdentity identity, CancellationToken cancellationToken);

    /// <summary>Shows the account.</summary>
    [SelfOnly]
    Task<Reply<AccountView>> GetAsync(CancellationToken cancellationToken);

    /// <summary>Creates an organisation that this account owns. Repeating it with the same id and name answers the same.</summary>
    [SelfOnly]
    Task<Reply<Acknowledged>> CreateOrganizationAsync(CreateOrganization request, CancellationToken cancellationToken);

    /// <summary>Makes a token.</summary>
    [SelfOnly]
    Task<Reply<TokenView>> IssueTokenAsync(TokenRequest request, CancellationToken cancellationToken);

    /// <summary>Lists the tokens that still hold.</summary>
    [SelfOnly]
    Task<Reply<TokenList>> ListTokensAsync(CancellationToken cancellationToken);

    /// <summary>Ends a token by its public id; answers only when no silo accepts it any more. Repeating it is harmless.</summary>
    [SelfOnly]
    Task<Reply<Acknowledged>> RevokeTokenAsync(string tokenId, CancellationToken cancellationToken);

    /// <summary>Ends every token by raising the session epoch.</summary>
    [SelfOnly]
    Task<Reply<Acknowledged>> RevokeAllTokensAsync(CancellationToken cancellationToken);

    /// <summary>Sets what a tenant may do; only for the operators that the server's configuration names.</summary>
    [SelfOnly]
    Task<Reply<Acknowledged>> ModerateAsync(TenantId tenant, TenantStatus status, CancellationToken cancellationToken);

    /// <summary>Sets what a tenant may use, and shows it; shows it alone for a change of nothing. Only for the operators that the server's configuration names.</summary>
    [SelfOnly]
    Task<Reply<QuotaView>> SetQuotaAsync(QuotaChange change, CancellationToken cancellationToken);

    /// <summary>Notes that a tenant took the account in, and shows it as it is at that moment.</summary>
    [SystemOnly]
    Task<AccountView> JoinedAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Notes that a tenant let the account go.</summary>
    [SystemOnly]
    Task LeftAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Shows the account to another grain; null where it does not exist.</summary>
    [SystemOnly]
    Task<AccountView?> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Starts the life of a service account; repeating it with the same values answers the same.</summary>
    [SystemOnly]
    Task<Reply<AccountView>> StartServiceAsync(StartServiceAccount request, CancellationToken cancellationToken);

    /// <summary>Makes a token of a service account of a tenant, which has decided that it may be.</summary>
    [SystemOnly]
    Task<Reply<TokenView>> IssueServiceTokenAsync(TenantId tenant, TokenRequest request, CancellationToken cancellationToken);

    /// <summary>Lists the tokens of a service account of a tenant.</summary>
    [SystemOnly]
    Task<Reply<TokenList>> ListServiceTokensAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Ends a token of a service account of a tenant; all of them for an empty id.</summary>
    [SystemOnly]
    Task<Reply<Acknowledged>> RevokeServiceTokenAsync(TenantId tenant, string tokenId, CancellationToken cancellationToken);

    /// <summary>Notes what the account may do, ends its sessions where it is closed, and shows it.</summary>
    [SystemOnly]
    Task<AccountView> StandsAsync(TenantStatus status, CancellationToken cancellationToken);
}
