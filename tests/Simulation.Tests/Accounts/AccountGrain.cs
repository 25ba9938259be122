using Orleans.Runtime;
using Orleans.Storage;

namespace W0rktree.Simulation.Tests.Accounts;

[GenerateSerializer]
[Immutable]
public sealed record AccountState
{
    [Id(0)]
    public long Balance { get; init; }

    [Id(1)]
    public System.Collections.Immutable.ImmutableHashSet<string> Applied { get; init; } = [];

    public AccountState With(string id, long amount) => new() { Balance = Balance + amount, Applied = Applied.Add(id) };
}

public interface IAccount : IGrainWithStringKey
{
    /// <summary>Adds an amount, once for each id.</summary>
    Task DepositAsync(string id, long amount);

    Task<AccountState> ReadAsync();
}

/// <summary>Keeps what it acknowledged, whatever happens.</summary>
public interface IAccountGrain : IAccount;

/// <summary>Answers a conflict by writing its own memory over what is stored.</summary>
public interface IStubbornAccountGrain : IAccount;

/// <summary>Keeps what failed to be stored in memory, and acknowledges it the next time.</summary>
public interface IHastyAccountGrain : IAccount;

public sealed class AccountGrain([PersistentState("account")] IPersistentState<AccountState> state) : Grain, IAccountGrain
{
    public async Task DepositAsync(string id, long amount)
    {
        if (state.State.Applied.Contains(id))
        {
            return;
        }

        state.State = state.State.With(id, amount);
        try
        {
            await state.WriteStateAsync();
        }
        catch (OrleansException)
        {
            // Memory now says more than storage may: whoever comes next begins from what is stored.
            DeactivateOnIdle();
            throw;
        }
    }

    public async Task<AccountState> ReadAsync()
    {
        // A second activation may have written: what is read is what is stored.
        await state.ReadStateAsync();
        return state.State;
    }
}

public sealed class StubbornAccountGrain([PersistentState("account")] IPersistentState<AccountState> state) : Grain, IStubbornAccountGrain
{
    public async Task DepositAsync(string id, long amount)
    {
        if (state.State.Applied.Contains(id))
        {
            return;
        }

        var mine = state.State.With(id, amount);
        state.State = mine;
        try
        {
            await state.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            await state.ReadStateAsync();
            state.State = mine;
            await state.WriteStateAsync();
        }
    }

    public async Task<AccountState> ReadAsync()
    {
        await state.ReadStateAsync();
        return state.State;
    }
}

public sealed class HastyAccountGrain([PersistentState("account")] IPersistentState<AccountState> state) : Grain, IHastyAccountGrain
{
    public async Task DepositAsync(string id, long amount)
    {
        if (state.State.Applied.Contains(id))
        {
            return;
        }

        state.State = state.State.With(id, amount);
        await state.WriteStateAsync();
    }

    public async Task<AccountState> ReadAsync()
    {
        await state.ReadStateAsync();
        return state.State;
    }
}
