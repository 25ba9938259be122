namespace W0rktree.Grains.Abstractions.Access;

/// <summary>Ranks the built-in membership roles; each holds everything of the ones below. The numbers are stored.</summary>
public enum Role
{
    /// <summary>Not a member.</summary>
    None = 0,

    /// <summary>Reads.</summary>
    Viewer = 1,

    /// <summary>Reads, stages and pushes.</summary>
    Developer = 2,

    /// <summary>Also merges, protects and releases.</summary>
    Maintainer = 3,

    /// <summary>Also manages people, policies and worktrees.</summary>
    Admin = 4,

    /// <summary>Everything.</summary>
    Owner = 5,
}
