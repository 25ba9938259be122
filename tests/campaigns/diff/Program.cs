using System.Globalization;
using W0rktree.Campaigns.Diff;

// Made.Write: pairs of texts from a seed. Folders.Diff: one patch for two folders, as `git diff --no-index` writes it.
// Commits.WriteAsync: a patch for each of the newest commits of a repository, and what git has to make of it.
switch (args)
{
    case ["make", var seed, var count, var folder]:
        Made.Write(int.Parse(seed, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture), folder);
        return 0;
    case ["diff", var old, var @new]:
        Folders.Diff(old, @new);
        return 0;
    case ["commits", var repository, var count, var folder]:
        await Commits.WriteAsync(repository, int.Parse(count, CultureInfo.InvariantCulture), folder);
        return 0;
    default:
        Console.Error.WriteLine("usage: DiffCampaign make SEED COUNT DIR | diff OLD NEW | commits REPOSITORY COUNT DIR");
        return 2;
}
