using Orleans.Hosting;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.State;

namespace W0rktree.Silo.Hosting;

/// <summary>Says how several silos work together; absent, the server is one silo that needs nothing else.</summary>
/// <remarks>Read from the configuration section <c>Cluster</c>: <c>Cluster__ConnectionString</c> in the environment, and so on.</remarks>
internal sealed record ClusterSettings
{
    /// <summary>Gets the ADO.NET provider.</summary>
    public string Invariant { get; init; } = "Npgsql";

    /// <summary>Gets the database with Orleans' tables.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Gets the secret that all silos sign tickets with: 32 bytes, Base64.</summary>
    public required string TicketKey { get; init; }

    /// <summary>Gets the secret before it, which still verifies while keys are changed.</summary>
    public string? PreviousTicketKey { get; init; }

    private static bool AuditReachesPostgreSql => false;

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
        };
    }

    /// <summary>Gives the keys that tickets are signed and verified with.</summary>
    public TicketKeyRing Keys() => new(
        new TicketKey(Convert.FromBase64String(TicketKey)),
        PreviousTicketKey is null ? null : new TicketKey(Convert.FromBase64String(PreviousTicketKey)));

    /// <summary>Puts membership, states and reminders into the database.</summary>
    /// <exception cref="NotSupportedException">Always, until a storage on PostgreSQL writes the audit with the states.</exception>
    public void Apply(ISiloBuilder silo) => (AuditReachesPostgreSql ? silo : throw new NotSupportedException(
            "A cluster cannot be started yet: Orleans' storage on PostgreSQL writes states without their audit (docs/decisions/audit-with-the-state.md)."))
        .UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, ConnectionString))
        .AddAdoNetGrainStorage(StateStores.Name, o => (o.Invariant, o.ConnectionString) = (Invariant, ConnectionString))
        .UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = (Invariant, ConnectionString));
}
