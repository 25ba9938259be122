namespace W0rktree.LocalAgent.Tests.Agents;

/// <summary>One agent for all tests of a class that leave it as they found it: starting one takes longer than most of them.</summary>
public sealed class RunningAgent : IAsyncLifetime
{
    internal AgentProcess Process { get; } = new();

    public Task InitializeAsync() => Process.StartAsync();

    public async Task DisposeAsync() => await Process.DisposeAsync();
}
