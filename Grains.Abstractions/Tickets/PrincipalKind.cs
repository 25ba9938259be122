namespace W0rktree.Grains.Abstractions.Tickets;

/// <summary>Tells who acts. The numbers are part of the ticket's encoding.</summary>
public enum PrincipalKind : byte
{
    /// <summary>Nobody has signed in.</summary>
    Anonymous = 1,

    /// <summary>An account with a token.</summary>
    Account = 2,

    /// <summary>The server itself, under a name.</summary>
    System = 3,
}
