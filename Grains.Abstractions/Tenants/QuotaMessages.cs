using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Grains.Abstractions.Tenants;

/// <summary>Says what a tenant may use. Zero means no limit but the server's own.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Quota")]
public sealed record Quota
{
    /// <summary>Gets the most bytes that all of its trees may take on the server's disk.</summary>
    [Id(0)]
    public long StorageBytes { get; init; }

    /// <summary>Gets the most bytes of one file's content.</summary>
    [Id(1)]
    public long FileBytes { get; init; }

    /// <summary>Gets the most bytes that one upload may bring.</summary>
    [Id(2)]
    public long UploadBytes { get; init; }

    /// <summary>Gets the most staged snapshots that one of its trees shows at a time.</summary>
    [Id(3)]
    public long StagedPerTree { get; init; }

    /// <summary>Gets the most requests in a minute of the accounts that belong to it: a user's own, an organisation's service accounts.</summary>
    [Id(4)]
    public long RequestsPerMinute { get; init; }

    /// <summary>Gets what the tenant pays for, which conditions of policies compare; empty for nothing.</summary>
    [Id(5)]
    public string Plan { get; init; } = "";
}

/// <summary>Sets some limits of a tenant apart from the server's usual ones; what is null stays as it is.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.QuotaChange")]
public sealed record QuotaChange : IAudited
{
    /// <summary>Gets the tenant.</summary>
    [Id(0)]
    public TenantId Tenant { get; init; }

    /// <summary>Gets whether everything that was set apart before is forgotten first.</summary>
    [Id(1)]
    public bool Reset { get; init; }

    /// <summary>Gets the most bytes on disk.</summary>
    [Id(2)]
    public long? StorageBytes { get; init; }

    /// <summary>Gets the most bytes of a file.</summary>
    [Id(3)]
    public long? FileBytes { get; init; }

    /// <summary>Gets the most bytes of an upload.</summary>
    [Id(4)]
    public long? UploadBytes { get; init; }

    /// <summary>Gets the most staged snapshots of a tree.</summary>
    [Id(5)]
    public long? StagedPerTree { get; init; }

    /// <summary>Gets the most requests in a minute.</summary>
    [Id(6)]
    public long? RequestsPerMinute { get; init; }

    /// <summary>Gets what the tenant pays for.</summary>
    [Id(7)]
    public string? Plan { get; init; }

    /// <inheritdoc/>
    public string AuditText => string.Join(' ', Parts().Where(p => p.Length > 0));

    private IEnumerable<string> Parts() =>
    [
        $"tenant={Tenant}", Reset ? "reset" : "", Said("storage", StorageBytes), Said("file", FileBytes), Said("upload", UploadBytes),
        Said("staged", StagedPerTree), Said("requests", RequestsPerMinute), Plan is null ? "" : $"plan={Plan}",
    ];

    private static string Said(string name, long? value) => value is { } set ? $"{name}={set}" : "";
}

/// <summary>Shows a tenant's limits to those who may know them.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.QuotaView")]
public sealed record QuotaView
{
    /// <summary>Gets the tenant's id.</summary>
    [Id(0)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets its name.</summary>
    [Id(1)]
    public required string Slug { get; init; }

    /// <summary>Gets what counts.</summary>
    [Id(2)]
    public required Quota Limits { get; init; }
}
