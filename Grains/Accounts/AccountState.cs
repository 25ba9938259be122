using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Accounts;

/// <summary>Stores an account; the default value is that of an account that does not exist.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.AccountState")]
public sealed record AccountState
{
    /// <summary>Gets the user's own tenant; zero until the account is registered.</summary>
    [Id(0)]
    public TenantId Tenant { get; init; }

    /// <summary>Gets the user's name.</summary>
    [Id(1)]
    public string Slug { get; init; } = "";

    /// <summary>Gets the e-mail address.</summary>
    [Id(2)]
    public string Email { get; init; } = "";

    /// <summary>Gets what the user is called.</summary>
    [Id(3)]
    public string DisplayName { get; init; } = "";

    /// <summary>Gets the hash of the password; null until the account is registered.</summary>
    [Id(4)]
    public PasswordVerifier? Password { get; init; }

    /// <summary>Gets the tenants that took the account in, its own first.</summary>
    [Id(5)]
    public ImmutableArray<TenantId> Memberships { get; init; } = [];

    /// <summary>Gets the session epoch.</summary>
    [Id(6)]
    public int Epoch { get; init; }

    /// <summary>Gets the tokens that were not revoked.</summary>
    [Id(7)]
    public ImmutableArray<TokenRecord> Tokens { get; init; } = [];

    /// <summary>Gets whether the account may work.</summary>
    [Id(20)]
    public TenantStatus Status { get; init; } = TenantStatus.Active;

    /// <summary>Gets the tenant whose service account this is; zero for a person's.</summary>
    [Id(21)]
    public TenantId ServiceOf { get; init; }

    /// <summary>Gets whether an identity provider vouched for it and its organisation has not taken it in yet.</summary>
    [Id(22)]
    public bool AwaitsAdmission { get; init; }

    /// <summary>Gets whether the account exists.</summary>
    internal bool Exists => Slug.Length > 0;
}

/// <summary>Stores what an account knows of one of its tokens.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TokenRecord")]
public sealed record TokenRecord
{
    /// <summary>Gets the hash of the token's text.</summary>
    [Id(0)]
    public required TokenHash Hash { get; init; }

    /// <summary>Gets what the user calls it.</summary>
    [Id(1)]
    public required string Label { get; init; }

    /// <summary>Gets the permissions it may be used for.</summary>
    [Id(2)]
    public required ImmutableArray<string> Scopes { get; init; }

    /// <summary>Gets how it came to be.</summary>
    [Id(3)]
    public required TokenKind Kind { get; init; }

    /// <summary>Gets when it was made.</summary>
    [Id(4)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when it ends; null for never.</summary>
    [Id(5)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets the id of the request that made it.</summary>
    [Id(6)]
    public string RequestId { get; init; } = "";
}
