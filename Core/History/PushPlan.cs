using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.History;

/// <summary>Tells what a push puts into a branch's history.</summary>
/// <param name="NewTip">The snapshot that the branch is to point at.</param>
/// <param name="Created">Snapshots that the folding made and that have to be stored before anything refers to them, ancestors first.</param>
/// <param name="Pushed">How many snapshots the branch's history gains from this line.</param>
/// <param name="Folded">How many snapshots were folded away; they stay in the reflog.</param>
public sealed record PushPlan(SnapshotId NewTip, ImmutableArray<SnapshotObject> Created, int Pushed, int Folded);

/// <summary>Asks for what the folding cannot know: words, and randomness for salts.</summary>
public interface IPushWords
{
    /// <summary>Gives the message of the snapshot that ends a line of automatic ones; it names counts and classes of changes, never paths.</summary>
    ValueTask<string> DescribeAsync(ContentHash? baseRoot, ContentHash newRoot, CancellationToken cancellationToken);

    /// <summary>Draws a salt of 16 random bytes.</summary>
    ReadOnlyMemory<byte> DrawSalt();

    /// <summary>Tells whether a snapshot must not become history by itself, because it holds what must not leave; it is folded into the next one.</summary>
    bool MustFold(SnapshotId id) => false;
}
