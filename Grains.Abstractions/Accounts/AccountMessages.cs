using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Abstractions.Accounts;

/// <summary>Holds what a password is checked against: PBKDF2-SHA256, computed outside the grain because it takes a tenth of a second.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.PasswordVerifier")]
public sealed record PasswordVerifier
{
    /// <summary>Gets the 16 random bytes that the account's hash was salted with.</summary>
    [Id(0)]
    public required ImmutableArray<byte> Salt { get; init; }

    /// <summary>Gets the number of iterations.</summary>
    [Id(1)]
    public required int Iterations { get; init; }

    /// <summary>Gets the 32 bytes of output; empty in a challenge, which asks for them.</summary>
    [Id(2)]
    public ImmutableArray<byte> Hash { get; init; } = [];
}

/// <summary>Asks for a new account with its own tenant.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.RegisterAccount")]
public sealed record RegisterAccount : IAudited
{
    /// <summary>Gets the tenant to create for the user.</summary>
    [Id(0)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets the user's name, unique among all tenants.</summary>
    [Id(1)]
    public required string Slug { get; init; }

    /// <summary>Gets the e-mail address, unique among all accounts.</summary>
    [Id(2)]
    public required string Email { get; init; }

    /// <summary>Gets the hash of the password.</summary>
    [Id(3)]
    public required PasswordVerifier Password { get; init; }

    /// <summary>Gets what the user is called.</summary>
    [Id(4)]
    public string DisplayName { get; init; } = "";

    /// <inheritdoc/>
    public string AuditText => $"slug={Slug}";

    /// <inheritdoc/>
    public TenantId AuditChain => Tenant;

    /// <summary>Gets the tenant that invited, zero for none; where registration is by invitation, it must know the code.</summary>
    [Id(5)]
    public TenantId InvitedBy { get; init; }

    /// <summary>Gets the hash of the invitation's code.</summary>
    [Id(6)]
    public Identifiers.TokenHash Invitation { get; init; }
}

/// <summary>Shows an account to itself.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.AccountView")]
public sealed record AccountView
{
    /// <summary>Gets the id.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the user's own tenant.</summary>
    [Id(1)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets the user's name.</summary>
    [Id(2)]
    public required string Slug { get; init; }

    /// <summary>Gets the e-mail address.</summary>
    [Id(3)]
    public required string Email { get; init; }

    /// <summary>Gets the tenants that the account is a member of, its own first.</summary>
    [Id(4)]
    public ImmutableArray<TenantId> Memberships { get; init; } = [];

    /// <summary>Gets what the user is called.</summary>
    [Id(5)]
    public string DisplayName { get; init; } = "";

    /// <summary>Gets whether the account may work.</summary>
    [Id(6)]
    public TenantStatus Status { get; init; } = TenantStatus.Active;

    /// <summary>Gets whether an identity provider vouched for it and its organisation has not taken it in yet.</summary>
    [Id(7)]
    public bool AwaitsAdmission { get; init; }
}

/// <summary>Tells how a token came to be. The numbers are stored.</summary>
public enum TokenKind
{
    /// <summary>By signing in.</summary>
    Session = 1,

    /// <summary>By asking for one, for a script.</summary>
    Token = 2,
}

/// <summary>Asks for a token; the front drew its text and sends only the hash.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TokenRequest")]
public sealed record TokenRequest : IAudited
{
    /// <summary>Gets the hash of the token's text.</summary>
    [Id(0)]
    public required Identifiers.TokenHash Hash { get; init; }

    /// <summary>Gets what the user calls it.</summary>
    [Id(1)]
    public required string Label { get; init; }

    /// <summary>Gets the permissions it may be used for; <c>*</c> alone for all.</summary>
    [Id(2)]
    public required ImmutableArray<string> Scopes { get; init; }

    /// <summary>Gets when it ends; null for never.</summary>
    [Id(3)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets how it came to be.</summary>
    [Id(4)]
    public required TokenKind Kind { get; init; }

    /// <summary>Gets the request's own id: a repeated request replaces the token whose text was lost on the way.</summary>
    [Id(5)]
    public string RequestId { get; init; } = "";

    /// <inheritdoc/>
    public string AuditText => $"token={Hash.PublicId} kind={Kind.ToString().ToLowerInvariant()} scopes={string.Join(',', Scopes)}";
}

/// <summary>Proves knowledge of the password and asks for a token in the same step.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.SignIn")]
public sealed record SignIn : IAudited
{
    /// <summary>Gets the output of PBKDF2 under the challenge's salt and iterations.</summary>
    [Id(0)]
    public required ImmutableArray<byte> Proof { get; init; }

    /// <summary>Gets the token to make.</summary>
    [Id(1)]
    public required TokenRequest Token { get; init; }

    /// <inheritdoc/>
    public string AuditText => Token.AuditText;
}

/// <summary>Describes somebody as an identity provider does.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.ExternalIdentity")]
public sealed record ExternalIdentity : IAudited
{
    /// <summary>Gets the tenant to create for the user.</summary>
    [Id(0)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets the name that the account is called by, or something like it.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>Gets the e-mail address, for people to see.</summary>
    [Id(2)]
    public string Email { get; init; } = "";

    /// <summary>Gets what the user is called.</summary>
    [Id(3)]
    public string DisplayName { get; init; } = "";

    /// <inheritdoc/>
    public string AuditText => $"tenant={Tenant}";

    /// <inheritdoc/>
    public TenantId AuditChain => Tenant;
}

/// <summary>Asks for an organisation.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.CreateOrganization")]
public sealed record CreateOrganization : IAudited
{
    /// <summary>Gets the id to create it under.</summary>
    [Id(0)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets its name, unique among all tenants.</summary>
    [Id(1)]
    public required string Slug { get; init; }

    /// <summary>Gets the address to reach it at.</summary>
    [Id(2)]
    public string Email { get; init; } = "";

    /// <summary>Gets what it is called.</summary>
    [Id(3)]
    public string DisplayName { get; init; } = "";

    /// <inheritdoc/>
    public string AuditText => $"slug={Slug} tenant={Tenant}";

    /// <inheritdoc/>
    public TenantId AuditChain => Tenant;
}

/// <summary>Shows a token to its account.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TokenView")]
public sealed record TokenView
{
    /// <summary>Gets the public id.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Gets what the user calls it.</summary>
    [Id(1)]
    public required string Label { get; init; }

    /// <summary>Gets the permissions it may be used for.</summary>
    [Id(2)]
    public required ImmutableArray<string> Scopes { get; init; }

    /// <summary>Gets when it was made.</summary>
    [Id(3)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when it ends; null for never.</summary>
    [Id(4)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets when it was last used, to within five minutes; null for never.</summary>
    [Id(5)]
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Gets how it came to be.</summary>
    [Id(6)]
    public required TokenKind Kind { get; init; }
}

/// <summary>Lists an account's tokens; an account holds at most 200.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TokenList")]
public sealed record TokenList
{
    /// <summary>Gets the tokens, oldest first.</summary>
    [Id(0)]
    public required ImmutableArray<TokenView> Tokens { get; init; }
}
