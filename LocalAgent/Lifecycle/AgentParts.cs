using W0rktree.LocalAgent.Pipeline;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>What every part of the agent shares.</summary>
/// <param name="Paths">Where its files are.</param>
/// <param name="Time">The clock.</param>
/// <param name="Entropy">Randomness.</param>
/// <param name="Events">Where it tells what happens.</param>
/// <param name="Log">Its log.</param>
/// <param name="Sync">Makes the sync stages; null for an agent without sync.</param>
/// <param name="Stopping">Cancelled when the agent is to end.</param>
internal sealed record AgentParts(AgentPaths Paths, TimeProvider Time, IEntropy Entropy, EventHub Events, AgentLog Log, ISyncFactory? Sync, CancellationToken Stopping);
