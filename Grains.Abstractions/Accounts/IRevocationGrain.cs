using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Grains.Abstractions.Accounts;

/// <summary>Tells every silo of a revocation before it is acknowledged. Key: <c>GrainKeys.Singleton</c>.</summary>
[Alias("wt.IRevocationGrain")]
public interface IRevocationGrain : IGrainWithStringKey
{
    /// <summary>Adds a silo's listener; renewed every ten seconds, lapses after a minute.</summary>
    [SystemOnly]
    Task RegisterAsync(IRevocationObserver silo, CancellationToken cancellationToken);

    /// <summary>Tells all silos; ends when all have answered, or when no ticket from before can be alive.</summary>
    [SystemOnly]
    Task AnnounceAsync(Revocation revocation, CancellationToken cancellationToken);
}

/// <summary>Listens for revocations in one silo.</summary>
[Alias("wt.IRevocationObserver")]
public interface IRevocationObserver : IGrainObserver
{
    /// <summary>Stops accepting tickets of the token.</summary>
    Task OnRevokedAsync(Revocation revocation, CancellationToken cancellationToken);
}

/// <summary>Names what no longer holds: one token, or every ticket of an account from before an epoch.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Revocation")]
public sealed record Revocation
{
    /// <summary>Gets the account.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the token; default when the epoch decides.</summary>
    [Id(1)]
    public Identifiers.TokenHash Token { get; init; }

    /// <summary>Gets the first epoch that still holds.</summary>
    [Id(2)]
    public int MinEpoch { get; init; }
}
