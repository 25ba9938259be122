using W0rktree.LocalAgent.Pipeline;

namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>Randomness that a seed repeats.</summary>
internal sealed class SeededEntropy(Random random) : IEntropy
{
    public void Fill(Span<byte> bytes) => random.NextBytes(bytes);
}
