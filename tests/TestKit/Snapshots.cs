using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.TestKit;

/// <summary>Makes snapshots for tests: everything that would be random is fixed.</summary>
public static class Snapshots
{
    /// <summary>The tree that test snapshots belong to.</summary>
    public static readonly TreeId Tree = TreeId.Parse("000102030405060708090a0b0c0d0e0f");

    private static readonly byte[] Salt = [.. Enumerable.Range(0x10, 16).Select(i => (byte)i)];

    /// <summary>Makes a snapshot of a root.</summary>
    public static SnapshotObject Make(ContentHash root, SnapshotKind kind = SnapshotKind.Manual, string message = "a message", params ImmutableArray<SnapshotId> parents) => new()
    {
        Root = root,
        Parents = parents,
        Tree = Tree,
        Time = new SnapshotTime(1_700_000_000_000, 60),
        Kind = kind,
        Author = Withholdable.Open("Ada <ada@example.org>", Salt),
        Recorder = Withholdable.Open("Ada <ada@example.org>", Salt),
        Message = Withholdable.Open(message, Salt),
    };

    /// <summary>Makes and stores a snapshot.</summary>
    public static async Task<SnapshotId> AddAsync(this MemoryObjects objects, ContentHash root, SnapshotKind kind = SnapshotKind.Manual, string message = "a message", params ImmutableArray<SnapshotId> parents) =>
        await objects.WriteSnapshotAsync(Make(root, kind, message, parents), CancellationToken.None);
}
