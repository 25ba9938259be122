using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>Remembers what each object of git became, so that none is read or written twice. Some 150 bytes for each object of the history.</summary>
internal sealed class KnownObjects
{
    private readonly Dictionary<GitId, GitTarget> _known = [];

    /// <summary>Gets all that is remembered.</summary>
    public IEnumerable<KeyValuePair<GitId, GitTarget>> All => _known;

    /// <summary>Finds what an object became.</summary>
    public GitTarget? Find(GitId id) => _known.GetValueOrDefault(id);

    /// <summary>Remembers what an object became.</summary>
    public void Add(GitId id, GitTarget target) => _known[id] = target;

    /// <summary>Makes the entry for a line of a tree; null for an unknown object.</summary>
    public DirectoryEntry? Entry(ReadOnlySpan<byte> tree, in GitTreeLine line, EntryKind kind)
    {
        var mode = line.Mode(tree);
        var name = line.Name(tree);
        if (kind == EntryKind.ForeignLink)
        {
            return GitFields.Entry(mode, name, kind, new GitTarget(default, 0, null, line.Id));
        }

        return Find(line.Id) is { } target ? GitFields.Entry(mode, name, kind, kind == EntryKind.Symlink ? target.Plain : target) : null;
    }
}
