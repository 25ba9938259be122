using System.Text;

namespace W0rktree.Core.TextDiff;

/// <summary>Whether the new path is the old one, or where it came from.</summary>
public enum PatchOrigin
{
    /// <summary>The path stayed, appeared or went.</summary>
    Same,

    /// <summary>The old path is gone.</summary>
    Renamed,

    /// <summary>The old path is still there.</summary>
    Copied,
}

/// <summary>What a patch says about one file before its hunks. Paths are bytes, relative, separated by <c>/</c>.</summary>
public sealed record PatchHeader
{
    /// <summary>The path before; for an added file the same as <see cref="NewPath"/>.</summary>
    public required ReadOnlyMemory<byte> OldPath { get; init; }

    /// <summary>The path after; for a deleted file the same as <see cref="OldPath"/>.</summary>
    public required ReadOnlyMemory<byte> NewPath { get; init; }

    /// <summary>The mode before; null for an added file.</summary>
    public PatchMode? OldMode { get; init; }

    /// <summary>The mode after; null for a deleted file.</summary>
    public PatchMode? NewMode { get; init; }

    /// <summary>Where the new path came from.</summary>
    public PatchOrigin Origin { get; init; }

    /// <summary>How alike both contents are, 0 to 100; written for renames and copies.</summary>
    public int Similarity { get; init; } = 100;

    /// <summary>The id before, for the <c>index</c> line, which is left out unless both ids are given.</summary>
    public string? OldId { get; init; }

    /// <summary>The id after, for the <c>index</c> line.</summary>
    public string? NewId { get; init; }

    /// <summary>Describes a file whose content, mode or both changed.</summary>
    public static PatchHeader Modified(string path, PatchMode mode = PatchMode.File, PatchMode? newMode = null) =>
        new() { OldPath = Bytes(path), NewPath = Bytes(path), OldMode = mode, NewMode = newMode ?? mode };

    /// <summary>Describes a new file.</summary>
    public static PatchHeader Added(string path, PatchMode mode = PatchMode.File) =>
        new() { OldPath = Bytes(path), NewPath = Bytes(path), NewMode = mode };

    /// <summary>Describes a deleted file.</summary>
    public static PatchHeader Deleted(string path, PatchMode mode = PatchMode.File) =>
        new() { OldPath = Bytes(path), NewPath = Bytes(path), OldMode = mode };

    /// <summary>Describes a file that moved, and may have changed on the way.</summary>
    public static PatchHeader Renamed(string oldPath, string newPath, int similarity, PatchMode mode = PatchMode.File) =>
        new() { OldPath = Bytes(oldPath), NewPath = Bytes(newPath), OldMode = mode, NewMode = mode, Origin = PatchOrigin.Renamed, Similarity = similarity };

    /// <summary>Describes a file made from another, which is still there.</summary>
    public static PatchHeader Copied(string oldPath, string newPath, int similarity, PatchMode mode = PatchMode.File) =>
        Renamed(oldPath, newPath, similarity, mode) with { Origin = PatchOrigin.Copied };

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);
}
