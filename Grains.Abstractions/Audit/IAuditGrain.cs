using System.Collections.Immutable;
using Orleans.Concurrency;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Audit;

/// <summary>Shows one tenant's audit to those who administer it. Key: <c>GrainKeys.Tenant</c>.</summary>
[Alias("wt.IAuditGrain")]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>Says where the chain begins and ends.</summary>
    /// <remarks>Interleaves: it reads only what is stored.</remarks>
    [Requires(Permission.TenantAdmin)]
    [AlwaysInterleave]
    Task<Reply<AuditEnds>> EndsAsync(CancellationToken cancellationToken);

    /// <summary>Reads records from a number on.</summary>
    /// <remarks>Interleaves: it reads only what is stored.</remarks>
    [Requires(Permission.TenantAdmin)]
    [AlwaysInterleave]
    Task<Reply<AuditPage>> ReadAsync(long from, CancellationToken cancellationToken);
}

/// <summary>Says where a chain begins and ends.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.AuditEnds")]
public sealed record AuditEnds
{
    /// <summary>Gets the tenant, which stands in every record.</summary>
    [Id(0)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets how many records were pruned.</summary>
    [Id(1)]
    public required long Pruned { get; init; }

    /// <summary>Gets the hash of the last of them.</summary>
    [Id(2)]
    public required ContentHash PrunedHash { get; init; }

    /// <summary>Gets the number of the last record.</summary>
    [Id(3)]
    public required long Count { get; init; }

    /// <summary>Gets its hash.</summary>
    [Id(4)]
    public required ContentHash Hash { get; init; }

    /// <summary>Gets whether the server's own key vouches for both ends.</summary>
    [Id(5)]
    public required bool Authentic { get; init; }
}

/// <summary>Gives some records in order.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.AuditPage")]
public sealed record AuditPage
{
    /// <summary>Gets the encoded records; below the limit of a message, for a record has at most some kilobytes.</summary>
    [Id(0)]
    public required ImmutableArray<ImmutableArray<byte>> Records { get; init; }

    /// <summary>Gets what the accounts in them are called, as far as they are members now.</summary>
    [Id(1)]
    public ImmutableDictionary<string, string> Names { get; init; } = ImmutableDictionary<string, string>.Empty;
}
