using W0rktree.Core.Identity;

namespace W0rktree.Core.Objects;

/// <summary>Reports an object whose bytes are not what its id says, or not canonical.</summary>
public sealed class CorruptObjectException(ContentHash id, string reason, Exception? inner = null)
    : Exception($"Object {id} is damaged: {reason}.", inner)
{
    /// <summary>Gets the id under which the object was found.</summary>
    public ContentHash Id { get; } = id;

    /// <summary>Gets what is wrong, without the id.</summary>
    public string Reason { get; } = reason;
}

/// <summary>Reports an object that is referenced but not there.</summary>
public sealed class MissingObjectException(ContentHash id, string referencedBy)
    : Exception($"Object {id} is missing; it is referenced by {referencedBy}.")
{
    /// <summary>Gets the id that nothing answers to.</summary>
    public ContentHash Id { get; } = id;
}
