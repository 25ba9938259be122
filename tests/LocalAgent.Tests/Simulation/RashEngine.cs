using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>What the engine of automatic snapshots would be without its care: whatever is there goes into a snapshot.</summary>
internal static class RashEngine
{
    public static async Task EvaluateAsync(OpenCopy copy, SnapshotRecorder recorder)
    {
        using var turn = await copy.Turns.TakeAsync(CancellationToken.None);
        _ = await recorder.RecordAsync(turn, new SnapshotRequest(SnapshotKind.Auto, null, "now") { SettleFor = TimeSpan.FromTicks(1) }, null, CancellationToken.None);
    }
}
