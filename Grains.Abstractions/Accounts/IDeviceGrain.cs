using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Accounts;

/// <summary>Keeps one sign-in that began where there is no browser, until somebody confirms it in one. Key: <c>GrainKeys.Device</c>.</summary>
[Alias("wt.IDeviceGrain")]
public interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>Begins, where nothing else has begun under the same code. Lapses after ten minutes.</summary>
    [Anonymous]
    Task<Reply<Acknowledged>> BeginAsync(DeviceRequest request, CancellationToken cancellationToken);

    /// <summary>Shows what asks to be confirmed, to whoever has the code that a person is to type.</summary>
    [Anonymous]
    Task<Reply<DeviceRequest>> ShowAsync(CancellationToken cancellationToken);

    /// <summary>Notes that an account has made the token that was asked for.</summary>
    [SystemOnly]
    Task<Reply<Acknowledged>> ConfirmedAsync(CancellationToken cancellationToken);

    /// <summary>Answers once it is confirmed; until then it is pending. Only to who has the token that it was begun with.</summary>
    [Anonymous]
    Task<Reply<Acknowledged>> AwaitAsync(TokenHash token, CancellationToken cancellationToken);
}

/// <summary>Asks for a session that somebody confirms elsewhere.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.DeviceRequest")]
public sealed record DeviceRequest : IAudited
{
    /// <summary>How long one waits: time to find a browser, and too little to guess a code.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>Gets the hash of the token that the session will have; until it is confirmed the token is nobody's.</summary>
    [Id(0)]
    public required TokenHash Token { get; init; }

    /// <summary>Gets what asks, as it calls itself.</summary>
    [Id(1)]
    public required string Client { get; init; }

    /// <summary>Gets the address that it asked from.</summary>
    [Id(2)]
    public required string Address { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"token={Token.PublicId}";
}

/// <summary>Confirms with a password.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.DeviceConfirmation")]
public sealed record DeviceConfirmation
{
    /// <summary>Gets the output of PBKDF2 under the challenge's salt and iterations.</summary>
    [Id(0)]
    public required System.Collections.Immutable.ImmutableArray<byte> Proof { get; init; }

    /// <summary>Gets the grain key of the sign-in.</summary>
    [Id(1)]
    public required string Device { get; init; }

    /// <summary>Gets when the session ends.</summary>
    [Id(2)]
    public required DateTimeOffset ExpiresAt { get; init; }
}
