namespace W0rktree.Grains.Access;

/// <summary>Decides about its own resource. The call filter asks before a method with <c>[Requires]</c> runs, so that no method can forget to.</summary>
public interface IGuardedGrain
{
    /// <summary>Gives null where the caller may go on, else what the caller is told.</summary>
    ValueTask<Refusal?> RefuseAsync(CallerTicket caller, string permission, CancellationToken cancellationToken);
}
