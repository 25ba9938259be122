using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tickets;

namespace W0rktree.Grains.Abstractions.Access;

/// <summary>Says which paths a caller may read, for the front, which sends content past the grains.</summary>
public interface IReadingRights
{
    /// <summary>Opens a tree for a caller, under what is in force at this moment; null where there is no such tree.</summary>
    Task<IReadingLens?> OpenAsync(TreeAddress tree, CallerTicket caller, CancellationToken cancellationToken);
}

/// <summary>Tells what one caller may read of one tree. Lives as long as one operation. Thread-safe.</summary>
public interface IReadingLens
{
    /// <summary>Gets whether the caller may read every path there is or will be.</summary>
    bool SeesEverything { get; }

    /// <summary>Tells whether the caller may read a file's path.</summary>
    bool MayRead(TreePath path);
}
