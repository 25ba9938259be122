using System.Globalization;
using System.Text;
using W0rktree.GitBridge.Tests.Support;
using W0rktree.LocalAgent.Git.Import;

namespace W0rktree.GitBridge.Tests;

/// <summary>What an import keeps in memory may end; what it writes must not show it.</summary>
public sealed class ImportMemoryTests
{
    private const int Commits = 200;
    private const int Files = 50;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_and_directories_that_seldom_change_are_stored_against_what_they_were(bool forgets)
    {
        await using var bridge = await Bridge.CreateAsync(forgets ? new ImportMemory(0, 0) : ImportMemory.Usual);
        var git = bridge.Repository("from.git");
        git.Feed(Stream(), "fast-import", "--quiet");
        await bridge.RoundTripAsync(git);

        // 50 files of 8,000 bytes that nothing compresses below 6,000, each changed four times: whole they would be 1.2 MB. With no memory
        // at all a version is stored whole where the one before came in the same window and was let go before it was asked for.
        var bytes = new DirectoryInfo(bridge.At("store/packs")).EnumerateFiles().Sum(file => file.Length);
        Assert.InRange(bytes, Files * 6_000, Files * (forgets ? 16_000 : 10_000));
    }

    [Fact]
    public async Task A_name_that_was_something_else_before_is_no_older_version()
    {
        await using var bridge = await Bridge.CreateAsync(new ImportMemory(0, 0));
        var git = bridge.Repository("from.git");
        var blob = git.Object("blob", "text\n");
        var below = git.Tree(("file", blob));
        var commit = "";
        (string Mode, string Id)[] kinds = [("100644", blob), ("40000", below), ("160000", "0123456789012345678901234567890123456789"), ("120000", blob)];
        foreach (var (from, to) in kinds.SelectMany(from => kinds.Select(to => (from, to))))
        {
            foreach (var (mode, id) in new[] { from, to })
            {
                var tree = git.Tree((mode, "name"u8.ToArray(), id));
                string[] parents = commit.Length == 0 ? [] : ["-p", commit];
                commit = git.Run(["commit-tree", tree, .. parents, "-m", $"{from.Mode} {to.Mode}"]);
            }
        }

        git.Run("update-ref", "refs/heads/main", commit);
        await bridge.RoundTripAsync(git);
    }

    private static byte[] Stream()
    {
        var random = new Random(5);
        var files = Enumerable.Range(0, Files).Select(_ => new byte[6_000]).ToArray();
        Array.ForEach(files, random.NextBytes);
        var text = new StringBuilder();
        for (var commit = 0; commit < Commits; commit++)
        {
            text.Append(CultureInfo.InvariantCulture, $"commit refs/heads/main\ncommitter a <a@x> {1_000_000_000 + commit} +0000\ndata 1\nx\n");
            // The first has all of them, so that what comes after is about versions and nothing else.
            foreach (var file in commit == 0 ? Enumerable.Range(0, Files) : [commit % Files])
            {
                files[file][random.Next(6_000)]++;
                var content = Convert.ToBase64String(files[file], Base64FormattingOptions.InsertLineBreaks);
                text.Append(CultureInfo.InvariantCulture, $"M 100644 inline d{file % 7}/f{file}\ndata {content.Length}\n{content}\n");
            }
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
