using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Remembers what each object of git became, so that none is read or written twice, and the entry that was last made of it:
/// most lines of a tree are those of the version before, and an entry that is used again has its digest already. Some 150
/// bytes for each object of the history.
/// </summary>
internal sealed class KnownObjects
{
    /// <summary>Entries that are kept: some 60 MB. Dropping them all costs one version of each directory.</summary>
    private const int MaxEntries = 200_000;

    private readonly Dictionary<GitId, Known> _known = [];
    private readonly List<Known> _withEntry = [];

    /// <summary>Finds what an object became.</summary>
    public GitTarget? Find(GitId id) => _known.TryGetValue(id, out var known) ? known.Target : null;

    /// <summary>Remembers what an object became.</summary>
    public void Add(GitId id, GitTarget target) => _known[id] = new Known(target);

    /// <summary>Makes the entry for a line of a tree, or gives the one that was made for the same line; null for an unknown object.</summary>
    public DirectoryEntry? Entry(ReadOnlySpan<byte> tree, in GitTreeLine line, EntryKind kind)
    {
        var mode = line.Mode(tree);
        var name = line.Name(tree);
        if (kind == EntryKind.ForeignLink)
        {
            return GitFields.Entry(mode, name, kind, new GitTarget(default, 0, null, line.Id));
        }

        if (!_known.TryGetValue(line.Id, out var known))
        {
            return null;
        }

        // Without further fields name and kind say all of the line; others are made anew.
        if (known.Entry is { } made && made.Kind == kind && made.Fields.IsEmpty && made.Name.Bytes.SequenceEqual(name) && mode.SequenceEqual(GitFields.ModeOf(kind).Span))
        {
            return made;
        }

        var entry = GitFields.Entry(mode, name, kind, kind == EntryKind.Symlink ? known.Target.Plain : known.Target);
        Keep(known, entry);
        return entry;
    }

    private void Keep(Known known, DirectoryEntry entry)
    {
        if (known.Entry is null)
        {
            if (_withEntry.Count == MaxEntries)
            {
                _withEntry.ForEach(old => old.Entry = null);
                _withEntry.Clear();
            }

            _withEntry.Add(known);
        }

        known.Entry = entry;
    }

    private sealed class Known(GitTarget target)
    {
        public GitTarget Target { get; } = target;

        public DirectoryEntry? Entry { get; set; }
    }
}
