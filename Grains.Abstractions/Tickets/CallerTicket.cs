using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Identifiers;

namespace W0rktree.Grains.Abstractions.Tickets;

/// <summary>Proves to a grain who calls, and never what they may do.</summary>
/// <remarks>
/// Made by the front after it asked the token's grain, or by the silo for itself; signed with a cluster key; passed in
/// Orleans' request context, which a caller outside the trust boundary could fill with anything. Immutable.
/// </remarks>
public sealed record CallerTicket
{
    /// <summary>The longest life of a ticket. A revocation waits no longer than this for a silo that does not answer.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromSeconds(30);

    /// <summary>Gets who acts.</summary>
    public required PrincipalKind Kind { get; init; }

    /// <summary>Gets the account; zero unless <see cref="PrincipalKind.Account"/>.</summary>
    public AccountId Account { get; init; }

    /// <summary>Gets the account's own tenant; zero unless <see cref="PrincipalKind.Account"/>.</summary>
    public TenantId Tenant { get; init; }

    /// <summary>Gets the token that was shown; default unless <see cref="PrincipalKind.Account"/>.</summary>
    public TokenHash Token { get; init; }

    /// <summary>Gets the account's session epoch at the time; a later one voids the ticket.</summary>
    public int Epoch { get; init; }

    /// <summary>Gets the permissions that the token was made for; <c>*</c> alone stands for all that its account has.</summary>
    public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>Gets the name of the system principal; empty unless <see cref="PrincipalKind.System"/>.</summary>
    public string SystemName { get; init; } = "";

    /// <summary>Gets the address that the request came from, for conditions and audit; empty where there is none.</summary>
    public string Address { get; init; } = "";

    /// <summary>Gets the id of the request that this call serves, for logs and audit.</summary>
    public required string RequestId { get; init; }

    /// <summary>Gets when the ticket was made.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Gets when the ticket ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Tells whether the token was made for a permission.</summary>
    public bool InScope(string permission) => Scopes.Contains("*") || Scopes.Contains(permission);
}
