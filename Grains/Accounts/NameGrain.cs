using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Accounts;

/// <summary>Stores whose name it is; the default value is that of a free name.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.NameState")]
public sealed record NameState
{
    /// <summary>Gets who has it.</summary>
    [Id(0)]
    public NameOwner? Owner { get; init; }

    /// <summary>Gets whether it lasts.</summary>
    [Id(1)]
    public bool Confirmed { get; init; }

    /// <summary>Gets when it was reserved.</summary>
    [Id(2)]
    public DateTimeOffset ReservedAt { get; init; }
}

/// <summary>Decides who gets a name. Pure.</summary>
public static class NameRules
{
    /// <summary>How long a reservation lasts: much longer than a registration takes, and short enough to try again the same day.</summary>
    public static readonly TimeSpan ReservationLife = TimeSpan.FromMinutes(10);

    /// <summary>Decides on a reservation; null where it is refused.</summary>
    public static NameState? Reserve(NameState state, NameOwner owner, DateTimeOffset now) => state switch
    {
        { Owner: null } => new NameState { Owner = owner, ReservedAt = now },
        { Owner: { } same } when same == owner => state with { ReservedAt = now },
        { Confirmed: false } when state.ReservedAt + ReservationLife <= now => new NameState { Owner = owner, ReservedAt = now },
        _ => null,
    };
}

/// <summary>Keeps one name.</summary>
public sealed class NameGrain(
    [PersistentState("name", StateStores.Name)] IPersistentState<NameState> storage, TimeProvider clock) : StatefulGrain<NameState>(storage), INameGrain
{
    private static readonly Refusal Taken = new()
    {
        Code = "already_exists",
        Message = "The name or the e-mail address is taken.",
        Hint = "Choose another, or sign in: wt login",
    };

    /// <inheritdoc/>
    public async Task<Reply<NameOwner>> ReserveAsync(NameOwner owner, CancellationToken cancellationToken)
    {
        if (NameRules.Reserve(Current, owner, clock.GetUtcNow()) is not { } next)
        {
            return Taken;
        }

        await SaveAsync(next);
        return owner;
    }

    /// <inheritdoc/>
    public async Task<Reply<NameOwner>> ConfirmAsync(NameOwner owner, CancellationToken cancellationToken)
    {
        if (Current.Owner != owner)
        {
            return Taken;
        }

        if (!Current.Confirmed)
        {
            await SaveAsync(Current with { Confirmed = true });
        }

        return owner;
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(NameOwner owner, CancellationToken cancellationToken) =>
        Current is { Confirmed: false } && Current.Owner == owner ? SaveAsync(new NameState()) : Task.CompletedTask;

    /// <inheritdoc/>
    public Task<NameOwner?> ResolveAsync(CancellationToken cancellationToken) => Task.FromResult(Current.Confirmed ? Current.Owner : null);
}
