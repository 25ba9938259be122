using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>What a test cluster is made of.</summary>
public sealed class InProcessTestClusterOptions
{
    /// <summary>The cluster's name.</summary>
    public string ClusterId { get; set; } = "";

    /// <summary>The service's name.</summary>
    public string ServiceId { get; set; } = "";

    /// <summary>How many silos are started.</summary>
    public short InitialSilosCount { get; set; } = 1;

    /// <summary>Says whether a client is started too.</summary>
    public bool InitializeClientOnDeploy { get; set; } = true;

    /// <summary>What is done to each silo's host.</summary>
    public List<Action<InProcessTestSiloSpecificOptions, IHostApplicationBuilder>> SiloHostConfigurationDelegates { get; } = [];

    /// <summary>What is done to the client's host.</summary>
    public List<Action<IHostApplicationBuilder>> ClientHostConfigurationDelegates { get; } = [];
}

/// <summary>What one silo of a test cluster has for itself.</summary>
public sealed class InProcessTestSiloSpecificOptions
{
    /// <summary>The silo's name.</summary>
    public string SiloName { get; set; } = "";
}
