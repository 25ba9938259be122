using System.Diagnostics;
using System.Globalization;
using W0rktree.Campaigns.MergeReplay;
using W0rktree.Core.Identity;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;

// usage: MergeReplay REPOSITORY [LIMIT]      or      MergeReplay --renames REPOSITORY COMMITS
// Repeats every two-parent merge below HEAD with the product's merge and with git's, and prints each difference and the sums.
if (args is ["--renames", var named, var commits])
{
    return await RenameReplay.RunAsync(named, int.Parse(commits, CultureInfo.InvariantCulture));
}

var repository = args[0];
var limit = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : int.MaxValue;
var merges = GitProcess.Lines(repository, "log", "--min-parents=2", "--max-parents=2", "--format=%P", "HEAD")
    .Select(line => line.Split(' ')).Select(words => (Ours: words[0], Theirs: words[1])).Take(limit).ToList();
var (verdicts, gitTime) = GitVerdicts.Ask(repository, merges);
if (verdicts.Count != merges.Count)
{
    Console.Error.WriteLine($"git answered {verdicts.Count} of {merges.Count} merges.");
    return 2;
}

var history = new GitHistory(repository);
using var objects = new GitMergeObjects(repository);
var (mergeWatch, proofWatch) = (new Stopwatch(), new Stopwatch());
int same = 0, differ = 0, clean = 0, defects = 0, ours = 0, theirs = 0;
var total = Stopwatch.StartNew();
foreach (var ((left, right), git) in merges.Zip(verdicts))
{
    objects.Forget();
    var (ourId, theirId) = (new SnapshotId(GitIds.FromHex(left)), new SnapshotId(GitIds.FromHex(right)));
    mergeWatch.Start();
    var found = (await new BaseTree(history, objects).FindAsync(ourId, theirId, default)).Value;
    var (ourRoot, theirRoot) = ((await history.FindAsync(ourId, default))!.Root, (await history.FindAsync(theirId, default))!.Root);
    var outcome = (await new TreeMerger(objects, MergeLabels.Default).MergeAsync(found.Root, ourRoot, theirRoot, default)).Value;
    mergeWatch.Stop();
    proofWatch.Start();
    var unexplained = await MergeProof.CheckAsync(objects, found.Root, ourRoot, theirRoot, outcome, default);
    proofWatch.Stop();
    foreach (var defect in unexplained)
    {
        defects++;
        Console.WriteLine($"DEFECT {left} {right}: {defect}");
    }

    var isClean = outcome is TreeMergeOutcome.Clean;
    clean += git.IsClean ? 1 : 0;
    if (isClean == git.IsClean && (!isClean || GitIds.Hex(outcome.Root) == git.Tree))
    {
        same++;
        continue;
    }

    differ++;
    ours += isClean && !git.IsClean ? 1 : 0;
    theirs += git.IsClean && !isClean ? 1 : 0;
    Console.WriteLine(
        $"DIFFER {left} {right}: git {(git.IsClean ? "clean" : "conflicts")} {git.Tree} {string.Join(' ', git.Paths.Take(5))}; "
        + $"here {(isClean ? "clean" : "conflicts")} {GitIds.Hex(outcome.Root)} {string.Join(' ', outcome.AllConflicts.Take(5).Select(conflict => $"{conflict.Kind}:{conflict.Path}"))}; bases {found.Ancestors}");
}

total.Stop();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"merges {merges.Count}, clean by git {clean}, same {same} ({100.0 * same / Math.Max(1, merges.Count):F3} %), differ {differ} (clean here alone {ours}, clean by git alone {theirs}), defects {defects}"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"git {gitTime.TotalSeconds:F1} s, merge {mergeWatch.Elapsed.TotalSeconds:F1} s, proof {proofWatch.Elapsed.TotalSeconds:F1} s, all {total.Elapsed.TotalSeconds:F1} s"));
return defects == 0 ? 0 : 1;
