using System.Globalization;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Tenants;

namespace W0rktree.Silo.Hosting;

/// <summary>Reads what every tenant may use that no operator gave other limits.</summary>
/// <remarks><c>Quotas__StorageBytes</c>, <c>__FileBytes</c>, <c>__UploadBytes</c>, <c>__StagedPerTree</c> and <c>__RequestsPerMinute</c>; 0, as it is without, means no limit.</remarks>
internal static class QuotaSettings
{
    /// <summary>Reads the options.</summary>
    /// <exception cref="InvalidDataException">One is no number: a limit that is not understood must not become none.</exception>
    public static QuotaOptions Read(IConfiguration configuration) => new(new Quota
    {
        StorageBytes = Number(configuration, "StorageBytes"),
        FileBytes = Number(configuration, "FileBytes"),
        UploadBytes = Number(configuration, "UploadBytes"),
        StagedPerTree = Number(configuration, "StagedPerTree"),
        RequestsPerMinute = Number(configuration, "RequestsPerMinute"),
    });

    private static long Number(IConfiguration configuration, string key) => configuration[$"Quotas:{key}"] is not { Length: > 0 } text ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new InvalidDataException($"Quotas:{key} is '{text}'; it is a number, 0 for no limit.");
}
