namespace Orleans.Configuration;

/// <summary>The names of cluster and service.</summary>
public class ClusterOptions
{
    /// <summary>The default name of the cluster.</summary>
    public const string DefaultClusterId = "default";

    /// <summary>The default name of the service.</summary>
    public const string DefaultServiceId = "default";

    /// <summary>The cluster.</summary>
    public string ClusterId { get; set; } = DefaultClusterId;

    /// <summary>The service, which outlives clusters.</summary>
    public string ServiceId { get; set; } = DefaultServiceId;
}

/// <summary>How silos and clients send messages.</summary>
public abstract class MessagingOptions
{
    /// <summary>How long a caller waits; 30 seconds by default.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same under a debugger; not used here.</summary>
    public TimeSpan ResponseTimeoutWithDebugger { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Says whether requests whose caller has given up are dropped before they run.</summary>
    public bool DropExpiredMessages { get; set; } = true;

    /// <summary>The largest header; no headers are encoded here.</summary>
    public int MaxMessageHeaderSize { get; set; } = 10 * 1024 * 1024;

    /// <summary>The largest body; no bodies are encoded here.</summary>
    public int MaxMessageBodySize { get; set; } = 100 * 1024 * 1024;

    /// <summary>Says whether a timeout also cancels the callee's token.</summary>
    public bool CancelRequestOnTimeout { get; set; }

    /// <summary>Says whether a cancelled caller waits for the callee to end.</summary>
    public bool WaitForCancellationAcknowledgement { get; set; }
}

/// <summary>How silos send messages.</summary>
public class SiloMessagingOptions : MessagingOptions
{
    /// <summary>After this time a request is taken for stuck; two hours by default.</summary>
    public TimeSpan MaxRequestProcessingTime { get; set; } = TimeSpan.FromHours(2);
}

/// <summary>How clients send messages.</summary>
public class ClientMessagingOptions : MessagingOptions
{
}

/// <summary>The silo's name.</summary>
public class SiloOptions
{
    /// <summary>The name.</summary>
    public string SiloName { get; set; } = null!;
}

/// <summary>When idle activations are collected.</summary>
public class GrainCollectionOptions
{
    /// <summary>The default of <see cref="CollectionQuantum"/>.</summary>
    public static readonly TimeSpan DEFAULT_COLLECTION_QUANTUM = TimeSpan.FromMinutes(1);

    /// <summary>The default of <see cref="ActivationTimeout"/>.</summary>
    public static readonly TimeSpan DEFAULT_ACTIVATION_TIMEOUT = TimeSpan.FromSeconds(30);

    /// <summary>The default of <see cref="DeactivationTimeout"/>.</summary>
    public static readonly TimeSpan DEFAULT_DEACTIVATION_TIMEOUT = TimeSpan.FromSeconds(30);

    /// <summary>How often idle activations are looked for.</summary>
    public TimeSpan CollectionQuantum { get; set; } = DEFAULT_COLLECTION_QUANTUM;

    /// <summary>How long an activation must be idle; must be longer than the quantum.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Ages for single classes, by full type name.</summary>
    public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; set; } = [];

    /// <summary>How long an activation may take to come up.</summary>
    public TimeSpan ActivationTimeout { get; set; } = DEFAULT_ACTIVATION_TIMEOUT;

    /// <summary>How long an activation may take to end.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = DEFAULT_DEACTIVATION_TIMEOUT;
}
