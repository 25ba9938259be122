using W0rktree.LocalAgent.Lifecycle;

namespace W0rktree.LocalAgent.Git;

/// <summary>
/// Keeps a note of each clone of a repository of git until its store belongs to a working copy, so that the next start of the agent
/// removes what one that was killed has left.
/// </summary>
internal sealed class UnfinishedClones(AgentPaths paths)
{
    private string Notes => Path.Combine(paths.Data, "git-clones");

    /// <summary>Gets where git fetches into before an address is cloned.</summary>
    public string Fetched => Path.Combine(paths.Data, "git-fetch");

    /// <summary>Notes that a tree's store is made for a clone. Before the store is there.</summary>
    public void Begin(string tree)
    {
        Directory.CreateDirectory(Notes);
        File.WriteAllBytes(Path.Combine(Notes, tree), []);
    }

    /// <summary>Forgets the note. Before a working copy names the store: a store too many harms nobody, one too few would.</summary>
    public void End(string tree) => File.Delete(Path.Combine(Notes, tree));

    /// <summary>Removes what was left; at the start, when no clone can be under way. Gives how many stores went.</summary>
    public int Sweep()
    {
        if (Directory.Exists(Fetched))
        {
            Directory.Delete(Fetched, recursive: true);
        }

        var trees = Directory.Exists(Notes) ? Directory.GetFiles(Notes).Select(Path.GetFileName).OfType<string>().ToList() : [];
        foreach (var tree in trees)
        {
            if (paths.Store($"stores/{tree}") is var store && Directory.Exists(store))
            {
                Directory.Delete(store, recursive: true);
            }

            End(tree);
        }

        return trees.Count;
    }
}
