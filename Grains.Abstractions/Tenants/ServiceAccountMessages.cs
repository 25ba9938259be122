using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Grains.Abstractions.Tenants;

/// <summary>Creates an account for a machine: a member without a password, which acts by tokens that the tenant's administrators make.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.CreateServiceAccount")]
public sealed record CreateServiceAccount : IAudited
{
    /// <summary>Gets the id to create it under.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the name within the tenant; the account is called TENANT--NAME.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>Gets the role.</summary>
    [Id(2)]
    public required Role Role { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"name={Name} account={Account} role={Role.ToString().ToLowerInvariant()}";
}

/// <summary>Starts a service account's life.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StartServiceAccount")]
public sealed record StartServiceAccount
{
    /// <summary>Gets the tenant that it belongs to.</summary>
    [Id(0)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets its name.</summary>
    [Id(1)]
    public required string Slug { get; init; }
}

/// <summary>Asks for a token of a service account.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.ServiceTokenRequest")]
public sealed record ServiceTokenRequest : IAudited
{
    /// <summary>Gets the account.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the token.</summary>
    [Id(1)]
    public required TokenRequest Token { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"account={Account} {Token.AuditText}";
}
