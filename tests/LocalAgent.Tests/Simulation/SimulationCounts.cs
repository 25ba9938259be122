namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>What runs have met, so that a campaign that meets nothing is noticed.</summary>
internal sealed class SimulationCounts
{
    public int Snapshots { get; set; }

    public int AmidSaves { get; set; }

    public int Questions { get; set; }

    public int PowerLosses { get; set; }

    public int Overflows { get; set; }

    public int Waits { get; set; }

    public override string ToString() =>
        $"{Snapshots} automatic snapshots, {AmidSaves} of them amid saves, {Questions} questions, {PowerLosses} power losses, {Overflows} overflows, {Waits} waits";

    public void Add(SimulationCounts other)
    {
        Snapshots += other.Snapshots;
        AmidSaves += other.AmidSaves;
        Questions += other.Questions;
        PowerLosses += other.PowerLosses;
        Overflows += other.Overflows;
        Waits += other.Waits;
    }
}
