using Orleans.Hosting;
using W0rktree.Grains.Abstractions.Tickets;

namespace W0rktree.Silo.Hosting;

/// <summary>Says how several silos work together; absent, the server is one silo that needs nothing else.</summary>
/// <remarks>Read from the configuration section <c>Cluster</c>: <c>Cluster__ConnectionString</c> in the environment, and so on.</remarks>
internal sealed record ClusterSettings
{
    private const int SecretBytes = 32;

    /// <summary>Gets the ADO.NET provider.</summary>
    public string Invariant { get; init; } = "Npgsql";

    /// <summary>Gets the database with Orleans' tables.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Gets the secret that all silos sign tickets with: 32 bytes, Base64.</summary>
    public required string TicketKey { get; init; }

    /// <summary>Gets the secret before it, which still verifies while keys are changed.</summary>
    public string? PreviousTicketKey { get; init; }

    /// <summary>Gets the secret that vouches for the audit: 32 bytes, the same for all silos, and kept elsewhere than the database.</summary>
    public required byte[] AuditSecret { get; init; }

    /// <summary>Gets whether this is the only silo: states are in the database, and no tables of Orleans are needed.</summary>
    public bool IsAlone { get; init; }

    private static bool VaultIsShared => false;

    /// <summary>Reads the section; null where it is absent.</summary>
    /// <exception cref="InvalidDataException">A part is missing.</exception>
    public static ClusterSettings? Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Cluster");
        return !section.Exists() ? null : new ClusterSettings
        {
            Invariant = section["Invariant"] ?? "Npgsql",
            ConnectionString = section["ConnectionString"] ?? throw new InvalidDataException("Cluster:ConnectionString is missing."),
            TicketKey = section["TicketKey"] ?? throw new InvalidDataException("Cluster:TicketKey is missing: 32 random bytes as Base64, the same for all silos."),
            PreviousTicketKey = section["PreviousTicketKey"],
            AuditSecret = Secret(section, "AuditKey"),
            IsAlone = section.GetValue("SingleSilo", false),
        };
    }

    /// <summary>Gives the keys that tickets are signed and verified with.</summary>
    public TicketKeyRing Keys() => new(
        new TicketKey(Convert.FromBase64String(TicketKey)),
        PreviousTicketKey is null ? null : new TicketKey(Convert.FromBase64String(PreviousTicketKey)));

    /// <summary>Puts membership and reminders into the database, where there are several silos.</summary>
    /// <exception cref="NotSupportedException">For several silos, until there is a vault that they can share.</exception>
    public void Apply(ISiloBuilder silo) => _ = IsAlone ? silo.UseLocalhostClustering() : (VaultIsShared ? silo : throw new NotSupportedException(
            "Several silos cannot be started yet: each would keep objects in a vault of its own. One with its states in PostgreSQL can: Cluster__SingleSilo=true."))
        .UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, ConnectionString))
        .UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = (Invariant, ConnectionString));

    private static byte[] Secret(IConfigurationSection section, string name)
    {
        var secret = new byte[SecretBytes];
        return section[name] is { } text && Convert.TryFromBase64String(text, secret, out var count) && count == secret.Length
            ? secret : throw new InvalidDataException($"Cluster:{name} is missing: {SecretBytes} random bytes as Base64, the same for all silos.");
    }
}
