namespace W0rktree.Standins.Orleans.Simulation;

/// <summary>What can go wrong in a simulation, and how often. Chances are from 0 (never) to 1 (always).</summary>
public sealed class SimulationOptions
{
    /// <summary>The number of silos.</summary>
    public int SiloCount { get; set; } = 2;

    /// <summary>The shortest time that a message takes.</summary>
    public TimeSpan MinDelay { get; set; } = TimeSpan.FromMicroseconds(50);

    /// <summary>The longest time that a message takes; different delays are what reorders messages.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The chance, for each message, that it never arrives; its caller then meets a timeout.</summary>
    public double LostMessages { get; set; }

    /// <summary>The chance, for each call to a grain that is active, that a second activation is made on another silo.</summary>
    public double DuplicateActivations { get; set; }

    /// <summary>The mean time between crashes of silos; zero means none. A crashed silo comes back empty.</summary>
    public TimeSpan MeanTimeBetweenCrashes { get; set; }

    /// <summary>How long a crashed silo is away.</summary>
    public TimeSpan RestartDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest time that storage takes for each half of an operation.</summary>
    public TimeSpan MaxStorageDelay { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The chance that a storage operation fails and has done nothing.</summary>
    public double StorageErrors { get; set; }

    /// <summary>The chance that a storage write is done and reported as failed.</summary>
    public double LostStorageAcknowledgements { get; set; }

    /// <summary>The simulation fails after this many steps.</summary>
    public int MaxSteps { get; set; } = 2_000_000;

    /// <summary>The simulation fails after this much virtual time.</summary>
    public TimeSpan MaxTime { get; set; } = TimeSpan.FromDays(1);
}
