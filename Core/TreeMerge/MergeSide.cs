using W0rktree.Core.Objects;

namespace W0rktree.Core.TreeMerge;

/// <summary>Names one of the two sides that are merged.</summary>
internal enum MergeSide
{
    Ours,
    Theirs,
}

internal static class MergeSides
{
    public static readonly MergeSide[] Both = [MergeSide.Ours, MergeSide.Theirs];

    public static MergeSide Other(this MergeSide side) => side == MergeSide.Ours ? MergeSide.Theirs : MergeSide.Ours;
}

/// <summary>What base and sides have under one name.</summary>
internal readonly record struct EntryTriple(DirectoryEntry? Base, DirectoryEntry? Ours, DirectoryEntry? Theirs)
{
    public bool OursIsBase => Same(Ours, Base);

    public bool TheirsIsBase => Same(Theirs, Base);

    public bool SidesAgree => Same(Ours, Theirs);

    public bool AnyDirectory => Base.IsDirectory || Ours.IsDirectory || Theirs.IsDirectory;

    public bool AnyFile => Base.IsFileLike || Ours.IsFileLike || Theirs.IsFileLike;

    public bool AllFiles => Base.IsFileLike && Ours.IsFileLike && Theirs.IsFileLike;

    public DirectoryEntry? Of(MergeSide side) => side == MergeSide.Ours ? Ours : Theirs;

    /// <summary>Gives the part that is no directory.</summary>
    public EntryTriple FilesOnly() => new(Base.IsFileLike ? Base : null, Ours.IsFileLike ? Ours : null, Theirs.IsFileLike ? Theirs : null);

    public static bool Same(DirectoryEntry? a, DirectoryEntry? b) => ReferenceEquals(a, b) || (a is not null && a.SameTarget(b));
}

internal static class EntryForms
{
    extension(DirectoryEntry? entry)
    {
        public bool IsDirectory => entry is { Kind: EntryKind.Directory };

        /// <summary>Gets whether it is anything else: a file, a symlink, a nested tree or a foreign link.</summary>
        public bool IsFileLike => entry is not null && entry.Kind != EntryKind.Directory;
    }

    /// <summary>Tells whether two entries can be merged with each other: two files of either mode, two symlinks, and so on.</summary>
    public static bool SameForm(EntryKind a, EntryKind b) => a == b || (a.IsFile && b.IsFile);
}
