using System.Data.Common;

namespace Orleans.Configuration;

/// <summary>Where silos find each other in a database; used by the real packages only.</summary>
public class AdoNetClusteringSiloOptions
{
    /// <summary>The connection.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The source of connections, instead of a string.</summary>
    public DbDataSource? DataSource { get; set; }

    /// <summary>The provider, such as <c>Npgsql</c>.</summary>
    public string Invariant { get; set; } = null!;
}

/// <summary>Where clients find silos in a database; used by the real packages only.</summary>
public class AdoNetClusteringClientOptions
{
    /// <summary>The connection.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The source of connections, instead of a string.</summary>
    public DbDataSource? DataSource { get; set; }

    /// <summary>The provider, such as <c>Npgsql</c>.</summary>
    public string Invariant { get; set; } = null!;
}

/// <summary>Where states are kept in a database; used by the real packages only.</summary>
public class AdoNetGrainStorageOptions
{
    /// <summary>The default provider.</summary>
    public const string DEFAULT_ADONET_INVARIANT = "Microsoft.Data.SqlClient";

    /// <summary>The default of <see cref="InitStage"/>.</summary>
    public const int DEFAULT_INIT_STAGE = ServiceLifecycleStage.ApplicationServices;

    /// <summary>The connection.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The source of connections, instead of a string.</summary>
    public DbDataSource? DataSource { get; set; }

    /// <summary>The stage in which the storage starts.</summary>
    public int InitStage { get; set; } = DEFAULT_INIT_STAGE;

    /// <summary>The provider, such as <c>Npgsql</c>.</summary>
    public string Invariant { get; set; } = DEFAULT_ADONET_INVARIANT;

    /// <summary>Says whether clearing a state removes its row.</summary>
    public bool DeleteStateOnClear { get; set; }
}

/// <summary>Where reminders are kept in a database; used by the real packages only.</summary>
public class AdoNetReminderTableOptions
{
    /// <summary>The connection.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The source of connections, instead of a string.</summary>
    public DbDataSource? DataSource { get; set; }

    /// <summary>The provider, such as <c>Npgsql</c>.</summary>
    public string Invariant { get; set; } = null!;
}
