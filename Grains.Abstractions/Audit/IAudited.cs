namespace W0rktree.Grains.Abstractions.Audit;

/// <summary>Marks a message that says for itself what the audit tells of it. A message that does not is left out, for it may hold a secret.</summary>
public interface IAudited
{
    /// <summary>Gets a few words without secrets: names, ids, hashes.</summary>
    string AuditText { get; }

    /// <summary>Gets the tenant that the request makes, in whose chain it is told; zero for that of the grain.</summary>
    TenantId AuditChain => default;
}

/// <summary>Names the chain for grains whose key does not begin with a tenant.</summary>
public interface IAuditedGrain
{
    /// <summary>Gets the tenant.</summary>
    TenantId AuditChain { get; }
}
