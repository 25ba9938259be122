using W0rktree.Core.Identity;

namespace W0rktree.Storage.Collection;

/// <summary>Tells where a root of a collection comes from.</summary>
public enum GarbageRootKind
{
    /// <summary>A branch, a line, or another row of the table of references.</summary>
    Reference,

    /// <summary>An entry of the reflog that is still within its retention.</summary>
    Reflog,

    /// <summary>Something that sync still has to do or was told.</summary>
    Queue,

    /// <summary>Work in flight and open handles.</summary>
    InUse,
}

/// <summary>Something that keeps a snapshot, or any other object, and all that it reaches.</summary>
/// <param name="Name">What a person knows it by.</param>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Id">The object.</param>
public readonly record struct GarbageRoot(string Name, GarbageRootKind Kind, ContentHash Id);
