namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>What is broken on purpose in a simulation, to show that it would be noticed.</summary>
public enum Sabotage
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The disk says that it synced and did not.</summary>
    DiskForgetsSyncs,

    /// <summary>The watcher drops events and says nothing.</summary>
    WatcherLosesEvents,

    /// <summary>The engine takes files as it finds them, in the middle of a save.</summary>
    EngineDoesNotWait,
}
