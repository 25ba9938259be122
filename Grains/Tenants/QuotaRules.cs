using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Tenants;

/// <summary>Says what tenants may use of which nobody has set anything apart. Zero means no limit.</summary>
/// <param name="Usual">The limits.</param>
public sealed record QuotaOptions(Quota Usual)
{
    /// <summary>No limits but the server's own.</summary>
    public QuotaOptions()
        : this(new Quota())
    {
    }
}

/// <summary>Decides about limits. Pure.</summary>
public static class QuotaRules
{
    /// <summary>Says what counts: what was set apart, else the usual.</summary>
    public static Quota InForce(Quota usual, QuotaChange? apart) => apart is null ? usual : new Quota
    {
        StorageBytes = apart.StorageBytes ?? usual.StorageBytes,
        FileBytes = apart.FileBytes ?? usual.FileBytes,
        UploadBytes = apart.UploadBytes ?? usual.UploadBytes,
        StagedPerTree = apart.StagedPerTree ?? usual.StagedPerTree,
        RequestsPerMinute = apart.RequestsPerMinute ?? usual.RequestsPerMinute,
        Plan = apart.Plan ?? usual.Plan,
    };

    /// <summary>Decides on setting limits apart; null where none are any more.</summary>
    public static Result<TenantState> Set(TenantState state, QuotaChange change)
    {
        if (new[] { change.StorageBytes, change.FileBytes, change.UploadBytes, change.StagedPerTree, change.RequestsPerMinute }.Any(static limit => limit < 0))
        {
            return new Error("invalid_argument", "A limit is 0, which means none, or more.");
        }

        if (change.Plan is { } plan && (plan.Length > 64 || !plan.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')))
        {
            return new Error("invalid_argument", "A plan is called by at most 64 of a-z, 0-9 and '-'.");
        }

        var before = change.Reset ? null : state.Quota;
        var next = new QuotaChange
        {
            StorageBytes = change.StorageBytes ?? before?.StorageBytes,
            FileBytes = change.FileBytes ?? before?.FileBytes,
            UploadBytes = change.UploadBytes ?? before?.UploadBytes,
            StagedPerTree = change.StagedPerTree ?? before?.StagedPerTree,
            RequestsPerMinute = change.RequestsPerMinute ?? before?.RequestsPerMinute,
            Plan = change.Plan ?? before?.Plan,
        };
        return state with { Quota = next == new QuotaChange() ? null : next };
    }
}
