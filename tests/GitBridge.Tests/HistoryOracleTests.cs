using W0rktree.Core.History.Blame;
using W0rktree.Core.History.Index;
using W0rktree.Core.History.Walks;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.Core.TextDiff;
using W0rktree.Core.TreeDiff;
using W0rktree.GitBridge.Tests.Support;
using W0rktree.LocalAgent.Git.Import;

namespace W0rktree.GitBridge.Tests;

/// <summary>Holds the history of paths and who brought which line against git, over imported histories, with the index and without its filters.</summary>
public sealed class HistoryOracleTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task The_history_of_every_path_is_that_of_git(int seed, bool withFilters)
    {
        await using var world = await World.MakeAsync(seed, 120, withFilters);
        foreach (var path in world.Paths.Append("d").Append("no/such/file"))
        {
            var expected = world.Git.Run("log", "--format=%H", "main", "--", path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var actual = new List<string>();
            await foreach (var step in new PathHistory(world.Index, world.Directories, TreePath.Parse(path).Value).WalkAsync([world.Head], default))
            {
                if (step.IsShown)
                {
                    actual.Add(world.CommitOf(step.Number));
                }
            }

            // The order of commits at the same time is nobody's promise.
            Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(actual.Order(StringComparer.Ordinal)), $"seed {seed}, path {path}: git has {expected.Length}, we have {actual.Count}");
        }
    }

    [Theory]
    [InlineData(11, true)]
    [InlineData(12, false)]
    [InlineData(13, true)]
    public async Task Every_line_is_blamed_as_git_blames_it(int seed, bool withFilters)
    {
        await using var world = await World.MakeAsync(seed, 120, withFilters);
        var (lines, different) = (0, 0);
        foreach (var path in world.Git.Run("ls-tree", "-r", "--name-only", "main").Split('\n'))
        {
            var expected = GitBlame(world.Git.Run("blame", "--porcelain", "main", "--", path));
            var actual = await BlameAsync(world, path, [new LineSpan(0, expected.Count)], new HashSet<int>());
            Assert.Equal(expected.Count, actual.Count);
            lines += expected.Count;
            different += expected.Where((line, i) => line != actual[i]).Count();
        }

        Assert.True(lines > 20, $"seed {seed}: only {lines} lines");
        Assert.True(different == 0, $"seed {seed}: {different} of {lines} lines are blamed otherwise");
    }

    [Fact]
    public async Task Only_the_lines_asked_for_are_blamed()
    {
        await using var world = await World.MakeAsync(21, 60, withFilters: true);
        var path = world.Git.Run("ls-tree", "-r", "--name-only", "main").Split('\n')[0];
        var all = GitBlame(world.Git.Run("blame", "--porcelain", "main", "--", path));
        Assert.Equal(GitBlame(world.Git.Run("blame", "--porcelain", "-L2,4", "main", "--", path)), await BlameAsync(world, path, [new LineSpan(1, 4)], new HashSet<int>()));
        Assert.True(all.Count > 4);
    }

    [Fact]
    public async Task What_an_ignored_snapshot_only_reformatted_is_blamed_on_what_was_before()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("work", bare: false);
        var ids = new List<string>();
        foreach (var text in new[] { "a(1)\nb(2)\nc(3)\n", "a(1)\nb(22)\nc(3)\n", "    a( 1 )\n    b( 22 )\n    c( 3 )\n    new\n" })
        {
            await File.WriteAllTextAsync(Path.Combine(git.Folder, "f"), text);
            git.Run("add", "f");
            git.Run("commit", "-qm", "x", "--date", $"@{1_000_000_000 + ids.Count} +0000");
            ids.Add(git.Run("rev-parse", "HEAD"));
        }

        await using var world = await World.OfAsync(bridge, git, withFilters: true);
        var expected = GitBlame(git.Run("blame", "--porcelain", "--ignore-rev", ids[2], "main", "--", "f"));
        var actual = await BlameAsync(world, "f", [new LineSpan(0, 4)], new HashSet<int> { world.Head });
        Assert.Equal(expected, actual);
        Assert.Equal([ids[0], ids[1], ids[0], ids[2]], actual.Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task Lines_that_no_snapshot_has_yet_are_told_apart()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("work", bare: false);
        var file = Path.Combine(git.Folder, "f");
        foreach (var text in new[] { "one\ntwo\nthree\nfour\n", "one\n2\nthree\nfour\n" })
        {
            await File.WriteAllTextAsync(file, text);
            git.Run("add", "f");
            git.Run("commit", "-qm", text);
        }

        await using var world = await World.OfAsync(bridge, git, withFilters: true);
        const string now = "zero\none\n2\nnew\nthree\n";
        await File.WriteAllTextAsync(file, now);
        var later = TextLines.Split(System.Text.Encoding.UTF8.GetBytes(now));
        var expected = GitBlame(git.Run("blame", "--porcelain", "--", "f"));
        Assert.Equal(expected, await BlameAsync(world, "f", [new LineSpan(0, 5)], new HashSet<int>(), later));
        Assert.Equal(expected[2..4], await BlameAsync(world, "f", [new LineSpan(2, 4)], new HashSet<int>(), later));
    }

    private static async Task<List<string>> BlameAsync(World world, string path, LineSpan[] lines, IReadOnlySet<int> ignored, TextLines? later = null)
    {
        var origins = new FileOrigins(world.Index, world.Directories, (side, token) => world.ReadAsync(side.Entry.Hash, token), RenameLimits.ForDiff);
        var blame = new FileBlame(new BlameSources { Index = world.Index, Directories = world.Directories, Content = world.ReadAsync, Origin = origins.FindAsync, Ignored = ignored });
        var blamed = await blame.RunAsync(world.Head, TreePath.Parse(path).Value, lines, later, default);
        return [.. blamed!.SelectMany(part => Enumerable.Range(0, part.Count).Select(i => $"{world.CommitOf(part.Snapshot)} {part.OriginStart + i + 1} {part.Path}"))];
    }

    private static List<string> GitBlame(string porcelain)
    {
        var lines = new List<string>();
        var names = new Dictionary<string, string>();
        var (commit, origin) = ("", "");
        foreach (var line in porcelain.Split('\n'))
        {
            if (line.StartsWith('\t'))
            {
                lines.Add($"{commit} {origin} {names[commit]}");
            }
            else if (line.StartsWith("filename ", StringComparison.Ordinal))
            {
                names[commit] = line["filename ".Length..];
            }
            else if (line.Split(' ') is [{ Length: 40 } id, var at, ..] && id.All(char.IsAsciiHexDigitLower))
            {
                (commit, origin) = (id, at);
            }
        }

        return lines;
    }

    private sealed class World : IAsyncDisposable
    {
        private readonly Bridge _bridge;
        private readonly GitIdMap _map;

        private World(Bridge bridge, Git git, GitIdMap map, HistoryIndex index)
        {
            (_bridge, Git, _map, Index) = (bridge, git, map, index);
            Directories = new DirectoryCache(bridge.Graph);
            Head = index.Find(bridge.Refs.Get("branch/main")!.Value);
        }

        public Git Git { get; }

        public HistoryIndex Index { get; }

        public DirectoryCache Directories { get; }

        public int Head { get; }

        public IEnumerable<string> Paths => Git.Run("log", "--name-only", "--format=", "main").Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct();

        public static async Task<World> MakeAsync(int seed, int commits, bool withFilters)
        {
            var bridge = await Bridge.CreateAsync();
            var git = bridge.Repository("from.git");
            git.Feed(new MadeTextHistory(seed).Make(commits), "fast-import", "--quiet");
            return await OfAsync(bridge, git, withFilters);
        }

        public static async Task<World> OfAsync(Bridge bridge, Git git, bool withFilters)
        {
            await bridge.ImportAsync(git);
            var build = new HistoryIndexBuild(bridge.Graph);
            var index = await build.ReachAsync(HistoryIndex.Empty, [bridge.Refs.Get("branch/main")!.Value], null, default);
            index = withFilters ? await build.FillAsync(index, int.MaxValue, null, default) : index;
            Assert.Equal(withFilters ? 0 : index.Count, index.LackingFilters);
            return new World(bridge, git, await GitIdMap.LoadAsync(bridge.Store, default), index);
        }

        public string CommitOf(int number) => number == HistoryIndex.None ? new string('0', 40) : _map.Find(Index.IdOf(number))!.Value.ToString();

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(ContentHash content, CancellationToken cancellationToken) => _bridge.Store.ReadAsync(content, 1 << 20, cancellationToken);

        public ValueTask DisposeAsync() => _bridge.DisposeAsync();
    }
}
