namespace Orleans.Runtime;

/// <summary>What a silo says of itself.</summary>
public interface ILocalSiloDetails
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Its cluster.</summary>
    string ClusterId { get; }

    /// <summary>Its machine.</summary>
    string DnsHostName { get; }

    /// <summary>Its address.</summary>
    SiloAddress SiloAddress { get; }

    /// <summary>Its gateway's address.</summary>
    SiloAddress GatewayAddress { get; }
}
