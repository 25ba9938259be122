using W0rktree.Grains.Abstractions.Access;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Pages.SingleSignOn;

/// <summary>Says where the members of one organisation sign in.</summary>
/// <remarks>Read from the section <c>Oidc</c>: <c>Oidc__0__Tenant</c>, <c>Oidc__0__Issuer</c>, and so on.</remarks>
internal sealed record ProviderSettings
{
    /// <summary>Gets the organisation's name.</summary>
    public required string Tenant { get; init; }

    /// <summary>Gets the provider, exactly as it calls itself.</summary>
    public required Uri Issuer { get; init; }

    /// <summary>Gets what the provider calls this server.</summary>
    public required string ClientId { get; init; }

    /// <summary>Gets the secret that the provider gave this server; null for a public client, which PKCE alone protects.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Gets the role of a new member.</summary>
    public Role Role { get; init; } = Role.Viewer;

    /// <summary>Reads all of them by tenant.</summary>
    /// <exception cref="InvalidDataException">One of them is not whole.</exception>
    public static IReadOnlyDictionary<string, ProviderSettings> Read(IConfiguration configuration) =>
        configuration.GetSection("Oidc").GetChildren().Select(ReadOne).ToDictionary(s => s.Tenant, StringComparer.Ordinal);

    private static ProviderSettings ReadOne(IConfigurationSection section)
    {
        string Must(string key) => section[key] is { Length: > 0 } value ? value : throw new InvalidDataException($"{section.Path}:{key} is missing.");
        var issuer = new Uri(Must("Issuer"), UriKind.Absolute);

        // Clear text to this machine alone, where nobody stands between.
        return issuer.Scheme != "https" && !issuer.IsLoopback ? throw new InvalidDataException($"{section.Path}:Issuer must be an https address.") : new ProviderSettings
        {
            Tenant = Must("Tenant"), Issuer = issuer, ClientId = Must("ClientId"), ClientSecret = section["ClientSecret"],
            Role = section["Role"] is { Length: > 0 } role ? IdentityService.RoleOf(role) : Role.Viewer,
        };
    }
}
