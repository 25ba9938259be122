using W0rktree.LocalAgent.Git;
using W0rktree.LocalAgent.Lifecycle;

namespace W0rktree.GitBridge.Tests;

/// <summary>What a clone that was killed leaves goes at the next start, and nothing else does.</summary>
public sealed class UnfinishedCloneTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("wt-unfinished-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void A_store_that_no_copy_came_to_own_is_removed_and_others_stay()
    {
        var paths = new AgentPaths(new Dictionary<string, string> { ["HOME"] = _home, ["XDG_RUNTIME_DIR"] = _home });
        var clones = new UnfinishedClones(paths);
        foreach (var tree in new[] { "killed", "finished", "other" })
        {
            Directory.CreateDirectory(Path.Combine(paths.Store($"stores/{tree}"), "packs"));
        }

        clones.Begin("killed");
        clones.Begin("finished");
        clones.End("finished");
        Directory.CreateDirectory(Path.Combine(clones.Fetched, "half"));

        Assert.Equal(1, clones.Sweep());

        Assert.False(Directory.Exists(paths.Store("stores/killed")));
        Assert.True(Directory.Exists(paths.Store("stores/finished")));
        Assert.True(Directory.Exists(paths.Store("stores/other")));
        Assert.False(Directory.Exists(clones.Fetched));
        Assert.Equal(0, clones.Sweep());
    }
}
