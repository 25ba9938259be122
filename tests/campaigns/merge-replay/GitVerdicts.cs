using System.Diagnostics;
using System.Text;

namespace W0rktree.Campaigns.MergeReplay;

/// <summary>What git says of one merge.</summary>
/// <param name="IsClean">Whether nothing conflicts.</param>
/// <param name="Tree">The tree it comes to.</param>
/// <param name="Paths">The conflicted paths.</param>
internal sealed record GitVerdict(bool IsClean, string Tree, IReadOnlyList<string> Paths);

/// <summary>Asks <c>git merge-tree --write-tree --stdin</c> about many merges.</summary>
internal static class GitVerdicts
{
    public static (List<GitVerdict> Verdicts, TimeSpan Time) Ask(string repository, IReadOnlyList<(string Ours, string Theirs)> merges)
    {
        var watch = Stopwatch.StartNew();
        using var git = GitProcess.Start(repository, "merge-tree", "--write-tree", "--name-only", "--no-messages", "--allow-unrelated-histories", "--stdin");
        var feeder = Task.Run(() =>
        {
            foreach (var (ours, theirs) in merges)
            {
                git.StandardInput.Write($"{ours} {theirs}\n");
            }

            git.StandardInput.Close();
        });
        using var buffer = new MemoryStream();
        git.StandardOutput.BaseStream.CopyTo(buffer);
        feeder.GetAwaiter().GetResult();
        watch.Stop();
        return (Parse(buffer.ToArray()), watch.Elapsed);
    }

    private static List<GitVerdict> Parse(byte[] output)
    {
        var fields = Encoding.UTF8.GetString(output).Split('\0');
        var verdicts = new List<GitVerdict>();
        for (var at = 0; at + 2 < fields.Length; at++)
        {
            var (clean, tree) = (fields[at] == "1", fields[at + 1]);
            var paths = new List<string>();
            for (at += 2; fields[at].Length > 0; at++)
            {
                paths.Add(fields[at]);
            }

            verdicts.Add(new GitVerdict(clean, tree, paths));
        }

        return verdicts;
    }
}
