using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Accounts;

/// <summary>Keeps one name of the whole cluster unique: a tenant's slug or an e-mail address. Keys: <c>GrainKeys.Slug</c>, <c>GrainKeys.Email</c>.</summary>
[Alias("wt.INameGrain")]
public interface INameGrain : IGrainWithStringKey
{
    /// <summary>Reserves the name for an id; the same id may repeat it. A reservation that is not confirmed lapses after ten minutes.</summary>
    [SystemOnly]
    Task<Reply<NameOwner>> ReserveAsync(NameOwner owner, CancellationToken cancellationToken);

    /// <summary>Makes the reservation last.</summary>
    [SystemOnly]
    Task<Reply<NameOwner>> ConfirmAsync(NameOwner owner, CancellationToken cancellationToken);

    /// <summary>Gives the reservation back; a confirmed name stays.</summary>
    [SystemOnly]
    Task ReleaseAsync(NameOwner owner, CancellationToken cancellationToken);

    /// <summary>Gives the owner of a confirmed name; null where there is none. The owner decides what the asker may see of it.</summary>
    [Anonymous]
    Task<NameOwner?> ResolveAsync(CancellationToken cancellationToken);
}

/// <summary>Says whose name it is.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.NameOwner")]
public sealed record NameOwner
{
    /// <summary>Gets the account, for an e-mail address and for a user's slug; zero for an organisation's.</summary>
    [Id(0)]
    public AccountId Account { get; init; }

    /// <summary>Gets the tenant: the organisation, or the user's own.</summary>
    [Id(1)]
    public TenantId Tenant { get; init; }
}
