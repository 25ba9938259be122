using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// A tree that was read, beside the tree of the same path in the commit before: most of its lines are that one's, and what they
/// became is taken over line by line. Read by one stage and converted by another, never by both at once.
/// </summary>
internal sealed class ReadTree(byte[] bytes, GitTreeLine[] lines)
{
    /// <summary>The line has no line of that name before it.</summary>
    public const int New = -1;

    private int[] _from = [];

    /// <summary>Gets the bytes.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Gets the lines.</summary>
    public GitTreeLine[] Lines => lines;

    /// <summary>Gets the tree before, until this one is converted.</summary>
    public ReadTree? Older { get; private set; }

    /// <summary>Gets or sets what the lines became, in their order.</summary>
    public DirectoryEntry[]? Entries { get; set; }

    /// <summary>Gets or sets what it became.</summary>
    public DirectoryEncoding? Encoding { get; set; }

    /// <summary>Gets the number of the same line in <see cref="Older"/>, or a negative number.</summary>
    public int Same(int line) => _from.Length == 0 ? New : _from[line];

    /// <summary>
    /// Gets the object that the tree before had under a line's name; only for lines that are not the same. Null too where one is a
    /// directory and the other is not, or a submodule: neither is a version of the other.
    /// </summary>
    public GitId? Before(int line)
    {
        if (_from.Length == 0 || _from[line] >= New)
        {
            return null;
        }

        ref readonly var before = ref Older!.Lines[-2 - _from[line]];
        var kind = GitFields.KindOf(before.Mode(Older.Bytes));
        return kind is null or EntryKind.ForeignLink || (kind == EntryKind.Directory) != IsDirectory(line) ? null : before.Id;
    }

    /// <summary>Lets go of the tree before.</summary>
    public void Forget() => (Older, _from) = (null, []);

    /// <summary>Holds it against the tree before. Equal lines are found by comparing bytes, however many stand in a row.</summary>
    public void Align(ReadTree older)
    {
        Older = older;
        _from = new int[lines.Length];
        int here = 0, there = 0;
        while (here < lines.Length && there < older.Lines.Length)
        {
            var equal = bytes.AsSpan(lines[here].Start).CommonPrefixLength(older.Bytes.AsSpan(older.Lines[there].Start));
            for (var end = lines[here].Start + equal; here < lines.Length && there < older.Lines.Length && lines[here].End <= end;)
            {
                _from[here++] = there++;
            }

            if (here == lines.Length || there == older.Lines.Length)
            {
                break;
            }

            var order = GitTree.Compare(lines[here].Name(bytes), IsDirectory(here), older.Lines[there].Name(older.Bytes), older.IsDirectory(there));
            if (order == 0)
            {
                _from[here++] = -2 - there++;
            }
            else if (order < 0)
            {
                _from[here++] = New;
            }
            else
            {
                there++;
            }
        }

        _from.AsSpan(here).Fill(New);
    }

    /// <summary>Tells whether a line names a tree.</summary>
    public bool IsDirectory(int line) => GitFields.KindOf(lines[line].Mode(bytes)) == EntryKind.Directory;
}

/// <summary>Keeps the trees that were read last, in two halves of which the older goes.</summary>
/// <param name="maxBytes">Of each half.</param>
internal sealed class RecentTrees(long maxBytes)
{
    private Dictionary<GitId, ReadTree> _young = [];
    private Dictionary<GitId, ReadTree> _old = [];
    private long _bytes;

    public void Add(GitId id, ReadTree tree)
    {
        if (_bytes > maxBytes)
        {
            (_old, _young, _bytes) = (_young, [], 0);
        }

        if (_young.TryAdd(id, tree))
        {
            _bytes += tree.Bytes.Length + 200;
        }
    }

    public ReadTree? Find(GitId? id)
    {
        if (id is not { } known)
        {
            return null;
        }

        if (_young.TryGetValue(known, out var tree))
        {
            return tree;
        }

        if (_old.TryGetValue(known, out tree))
        {
            Add(known, tree);
        }

        return tree;
    }
}
