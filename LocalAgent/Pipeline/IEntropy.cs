using System.Security.Cryptography;

namespace W0rktree.LocalAgent.Pipeline;

/// <summary>Gives random bytes. The seam where a simulation puts its seed.</summary>
public interface IEntropy
{
    /// <summary>Fills the span with random bytes.</summary>
    void Fill(Span<byte> bytes);
}

/// <summary>Gives the operating system's random bytes.</summary>
public sealed class SystemEntropy : IEntropy
{
    /// <summary>The one instance; it has no state.</summary>
    public static SystemEntropy Instance { get; } = new();

    /// <inheritdoc/>
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
