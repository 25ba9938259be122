using System.Net;
using W0rktree.Silo.Listening;

namespace W0rktree.Silo.Hosting;

/// <summary>Says how a server runs.</summary>
internal sealed record ServerSettings
{
    /// <summary>Gets the folder of everything that the server keeps.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Gets where it listens; port 0 for any free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Gets the certificate to speak TLS with; null for the configuration's, and without one clear text.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>Gets the file of the grains' states.</summary>
    public string StateFile => Path.Combine(DataFolder, "state.db");

    /// <summary>Gets the file of the key that vouches for the audit.</summary>
    public string AuditKeyFile => Path.Combine(DataFolder, "audit.key");

    /// <summary>Gets the folder of the objects.</summary>
    public string VaultFolder => Path.Combine(DataFolder, "vault");
}
