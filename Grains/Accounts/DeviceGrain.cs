using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Accounts;

/// <summary>Stores a sign-in that waits to be confirmed; the default value is that of none.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.DeviceState")]
public sealed record DeviceState
{
    /// <summary>Gets what was asked for; null for nothing.</summary>
    [Id(0)]
    public DeviceRequest? Request { get; init; }

    /// <summary>Gets when.</summary>
    [Id(1)]
    public DateTimeOffset At { get; init; }

    /// <summary>Gets whether somebody confirmed it.</summary>
    [Id(2)]
    public bool Confirmed { get; init; }
}

/// <summary>Keeps one sign-in until it is confirmed.</summary>
public sealed class DeviceGrain(
    [PersistentState("device", StateStores.Name)] IPersistentState<DeviceState> storage, TimeProvider clock) : StatefulGrain<DeviceState>(storage), IDeviceGrain
{
    private const int MaxClientLength = 100;

    private static readonly Refusal Lapsed = new() { Code = "code_lapsed", Message = "There is no such code, or it is too old.", Hint = "Begin again: wt login" };
    private static readonly Refusal Pending = new() { Code = "authorization_pending", Message = "Nobody has confirmed the code yet." };

    private bool IsOpen => Current.Request is not null && clock.GetUtcNow() < Current.At + DeviceRequest.Life;

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> BeginAsync(DeviceRequest request, CancellationToken cancellationToken)
    {
        if (request.Client.Length > MaxClientLength || request.Client.Any(char.IsControl))
        {
            return Refusals.Invalid($"A client's name has at most {MaxClientLength} characters.");
        }

        if (IsOpen)
        {
            return new Refusal { Code = "busy", Message = "The code is in use.", Hint = "Try again." };
        }

        await SaveAsync(new DeviceState { Request = request, At = clock.GetUtcNow() });
        return Acknowledged.Instance;
    }

    /// <inheritdoc/>
    public Task<Reply<DeviceRequest>> ShowAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Reply<DeviceRequest>>(IsOpen && !Current.Confirmed ? Current.Request! : Lapsed);

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> ConfirmedAsync(CancellationToken cancellationToken)
    {
        if (!IsOpen || Current.Confirmed)
        {
            return Lapsed;
        }

        await SaveAsync(Current with { Confirmed = true });
        return Acknowledged.Instance;
    }

    /// <inheritdoc/>
    public Task<Reply<Acknowledged>> AwaitAsync(TokenHash token, CancellationToken cancellationToken) => Task.FromResult<Reply<Acknowledged>>(
        !IsOpen || Current.Request!.Token != token ? Lapsed : Current.Confirmed ? Acknowledged.Instance : Pending);
}
