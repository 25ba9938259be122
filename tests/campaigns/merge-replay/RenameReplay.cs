using System.Diagnostics;
using System.Globalization;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;

namespace W0rktree.Campaigns.MergeReplay;

/// <summary>Compares, for the newest commits that add and delete files, the renames that the product finds with those of <c>git diff -M50%</c>.</summary>
internal static class RenameReplay
{
    public static async Task<int> RunAsync(string repository, int commits)
    {
        // Of a commit that adds nothing or deletes nothing there is no rename to find.
        var changed = Changes(repository).Where(commit => commit.Changes.Exists(c => c.Type == ChangeType.Added) && commit.Changes.Exists(c => c.Type == ChangeType.Deleted)).Take(commits).ToList();
        var theirs = Renames(repository, [.. changed.Select(commit => commit.Commit)]);
        using var objects = new GitMergeObjects(repository);
        var watch = Stopwatch.StartNew();
        int same = 0, all = 0, gaveUp = 0;
        foreach (var (commit, changes) in changed)
        {
            var joined = await RenameJoin.JoinAsync(changes, (side, token) => objects.ReadContentAsync(side.Entry.Hash, long.MaxValue, token), RenameLimits.ForDiff, default);
            gaveUp += joined.GaveUpAt is null ? 0 : 1;
            var ours = joined.Changes.Where(change => change.Type == ChangeType.Renamed).Select(change => $"{change.OldPath}\t{change.Path}").ToHashSet();
            var git = theirs.GetValueOrDefault(commit, []);
            same += ours.Intersect(git).Count();
            all += ours.Union(git).Count();
            foreach (var line in ours.Except(git).Select(rename => $"here: {rename}").Concat(git.Except(ours).Select(rename => $"git: {rename}")))
            {
                Console.WriteLine($"DIFFER {commit} {line}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"commits that add and delete {changed.Count}, renames {all}, same {same} ({100.0 * same / Math.Max(1, all):F2} %), gave up {gaveUp}, {watch.Elapsed.TotalSeconds:F1} s"));
        return same * 100 >= all * 99 ? 0 : 1;
    }

    private static Dictionary<string, HashSet<string>> Renames(string repository, HashSet<string> asked)
    {
        var renames = new Dictionary<string, HashSet<string>>();
        foreach (var (commit, cells) in Log(repository, "-M50%", "-l1000000"))
        {
            if (asked.Contains(commit) && cells[0].Split(' ')[4].StartsWith('R'))
            {
                (renames.TryGetValue(commit, out var set) ? set : renames[commit] = []).Add($"{cells[1]}\t{cells[2]}");
            }
        }

        return renames;
    }

    private static IEnumerable<(string Commit, List<PathChange> Changes)> Changes(string repository) =>
        Log(repository, "--no-renames").GroupBy(row => row.Commit).Select(group => (group.Key, group.Select(row => Change(row.Cells)).OfType<PathChange>().ToList()));

    private static PathChange? Change(string[] cells)
    {
        var words = cells[0].Split(' ');
        if (TreePath.Parse(cells[1]) is not { IsOk: true } path || words[4] is not ("A" or "D"))
        {
            return null;
        }

        var isAdded = words[4] == "A";
        var id = GitIds.FromHex(words[isAdded ? 3 : 2]);
        var entry = GitMergeObjects.Entry(path.Value.Name, words[isAdded ? 1 : 0].TrimStart(':'), id);
        return isAdded ? new PathChange(path.Value, ChangeType.Added, null, entry) : new PathChange(path.Value, ChangeType.Deleted, entry, null);
    }

    private static IEnumerable<(string Commit, string[] Cells)> Log(string repository, params string[] renames)
    {
        var commit = "";
        foreach (var line in GitProcess.Lines(repository, ["-c", "core.quotePath=false", "log", "--no-merges", "--raw", "-r", "--abbrev=40", .. renames, "--format=%H", "HEAD"]))
        {
            if (line.StartsWith(':'))
            {
                yield return (commit, line.Split('\t'));
            }
            else if (line.Length > 0)
            {
                commit = line;
            }
        }
    }
}
