using System.Runtime.CompilerServices;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// First stage: reads commits and their trees, level by level, and leaves out every tree that an earlier commit had. Reads
/// each object once, and asks for many at a time, so that git never waits.
/// </summary>
internal sealed class WindowReader(GitObjectSource source, HashSet<GitId> seen, ImportMemory memory)
{
    /// <summary>
    /// Commits to a window. All that a window has lives until it is converted, several are on their way at once, and what lives that long
    /// is copied by the collector: few are better than many.
    /// </summary>
    private const int Commits = 32;

    /// <summary>Deeper trees than any path can be are an attack on whoever walks them by recursion.</summary>
    private const int MaxDepth = 1024;

    private readonly RecentTrees _recent = new(memory.TreeBytes);
    private readonly Dictionary<GitId, GitId> _treeOfCommit = [];

    /// <summary>Reads all windows.</summary>
    public async IAsyncEnumerable<ImportWindow> ReadAsync(IReadOnlyList<GitId> commits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var ids in commits.Chunk(Commits))
        {
            var window = new ImportWindow(await CommitsAsync(ids, cancellationToken));
            var roots = new List<WantedTree>();
            foreach (var (id, commit) in window.Commits)
            {
                _treeOfCommit[id] = commit.Tree;
                if (seen.Add(commit.Tree))
                {
                    roots.Add(new WantedTree(commit.Tree, !commit.Parents.IsEmpty && _treeOfCommit.TryGetValue(commit.Parents[0], out var older) ? older : null));
                }
            }

            await TreesAsync(window, roots, cancellationToken);
            yield return window;
        }
    }

    /// <summary>Reads the trees below some that no commit names, as tags can do.</summary>
    public async Task<ImportWindow> ReadTreesAsync(IReadOnlyList<GitId> roots, CancellationToken cancellationToken)
    {
        var window = new ImportWindow([]);
        await TreesAsync(window, [.. roots.Where(seen.Add).Select(id => new WantedTree(id, null))], cancellationToken);
        return window;
    }

    private async Task<IReadOnlyList<KeyValuePair<GitId, GitCommit>>> CommitsAsync(GitId[] ids, CancellationToken cancellationToken)
    {
        var commits = new List<KeyValuePair<GitId, GitCommit>>(ids.Length);
        await foreach (var found in source.ReadAsync(ids, cancellationToken))
        {
            var commit = found.Type == GitType.Commit ? GitCommit.TryParse(found.Bytes) : null;
            commits.Add(new(found.Id, commit ?? throw new GitRefusalException("git_unreadable", $"The commit {found.Id} is none that can be read.", "'git fsck' there tells more.")));
        }

        return commits;
    }

    private async Task TreesAsync(ImportWindow window, List<WantedTree> level, CancellationToken cancellationToken)
    {
        for (var depth = 0; level.Count > 0; depth++)
        {
            var next = new List<WantedTree>();
            var reads = WithForgotten(level);
            var at = 0;
            await foreach (var found in source.ReadAsync([.. reads.Select(read => read.Id)], cancellationToken))
            {
                if (depth == MaxDepth || found.Type != GitType.Tree || GitTree.TryParse(found.Bytes) is not { } lines)
                {
                    throw new GitRefusalException("git_unreadable", $"The tree {found.Id} is none that can be read{(depth == MaxDepth ? ": it is too deep" : "")}.", "'git fsck' there tells more.");
                }

                var tree = new ReadTree(found.Bytes, lines);
                var read = reads[at++];
                _recent.Add(found.Id, tree);
                if (read.IsAgain)
                {
                    continue;
                }

                if (read.Older is { } before && (_recent.Find(before) ?? window.Trees.GetValueOrDefault(before)) is { } older)
                {
                    tree.Align(older);
                }

                window.Trees.Add(found.Id, tree);
                Sort(window, found.Id, tree, next);
            }

            level = next;
        }
    }

    /// <summary>
    /// Puts before each tree the one of the commit before, where that was read so long ago that it was let go: what is held against
    /// nothing is stored whole, with every file that it names. Git has it as a delta beside the newer one, so it costs little.
    /// </summary>
    private List<WantedTree> WithForgotten(List<WantedTree> level)
    {
        var reads = new List<WantedTree>(level.Count);
        var here = level.Select(wanted => wanted.Id).ToHashSet();
        foreach (var wanted in level)
        {
            if (wanted.Older is { } older && here.Add(older) && _recent.Find(older) is null)
            {
                reads.Add(new WantedTree(older, null) { IsAgain = true });
            }

            reads.Add(wanted);
        }

        return reads;
    }

    /// <summary>Asks for what the lines name that the tree before did not have; what that had was asked for with it.</summary>
    private void Sort(ImportWindow window, GitId id, ReadTree tree, List<WantedTree> next)
    {
        for (var i = 0; i < tree.Lines.Length; i++)
        {
            if (tree.Same(i) >= 0)
            {
                continue;
            }

            ref readonly var line = ref tree.Lines[i];
            var kind = GitFields.KindOf(line.Mode(tree.Bytes))
                ?? throw new GitRefusalException("git_mode", $"The tree {id} has '{GitRefusalException.Display(line.Name(tree.Bytes))}' with the mode {GitRefusalException.Display(line.Mode(tree.Bytes))}, which means nothing.");
            if (kind == EntryKind.ForeignLink || !seen.Add(line.Id))
            {
                continue;
            }

            if (kind == EntryKind.Directory)
            {
                next.Add(new WantedTree(line.Id, tree.Before(i)));
            }
            else
            {
                window.Blobs.Add(new WantedBlob(line.Id, tree.Before(i)));
            }
        }
    }

    private readonly record struct WantedTree(GitId Id, GitId? Older)
    {
        /// <summary>Gets whether it was read and converted before, and is only what others are held against.</summary>
        public bool IsAgain { get; init; }
    }
}
