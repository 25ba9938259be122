using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeDiff;

/// <summary>Holds the candidates of one search in the order of their paths' bytes, and who is taken.</summary>
internal sealed class RenameTable
{
    public RenameTable(IEnumerable<RenameSide> gone, IEnumerable<RenameSide> added, RenameLimits limits)
    {
        Gone = Ordered(gone, limits);
        Added = Ordered(added, limits);
        PairOfAdded = new RenamePair?[Added.Length];
        IsTaken = new bool[Gone.Length];
    }

    public RenameSide[] Gone { get; }

    public RenameSide[] Added { get; }

    public RenamePair?[] PairOfAdded { get; }

    /// <summary>Gets, for each vanished file, whether it is some rename's source.</summary>
    public bool[] IsTaken { get; }

    public void Join(int gone, int added, int score, DirectoryMoves moves)
    {
        PairOfAdded[added] = new RenamePair(Gone[gone], Added[added], score);
        IsTaken[gone] = true;
        moves.Count(Gone[gone].Path, Added[added].Path);
    }

    private static RenameSide[] Ordered(IEnumerable<RenameSide> sides, RenameLimits limits)
    {
        var array = sides.Where(side => side.Entry.Kind != EntryKind.Directory && (limits.JoinsEmpty || !IsEmpty(side.Entry))).ToArray();
        Array.Sort(array, static (a, b) => a.Path.Bytes.SequenceCompareTo(b.Path.Bytes));
        return array;
    }

    private static bool IsEmpty(DirectoryEntry entry) => entry.Kind.IsFile && entry.SizeBytes == 0;

    /// <summary>Tells whether two paths end in the same name.</summary>
    public static bool SameName(TreePath a, TreePath b) => NameOf(a).SequenceEqual(NameOf(b));

    private static ReadOnlySpan<byte> NameOf(TreePath path) => path.Bytes[(path.Bytes.LastIndexOf((byte)'/') + 1)..];
}
