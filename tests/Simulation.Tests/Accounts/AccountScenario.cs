using Orleans.Runtime;
using W0rktree.Standins.Orleans.Simulation;

namespace W0rktree.Simulation.Tests.Accounts;

/// <summary>Three tellers deposit into two accounts while silos crash, activations double and storage fails.</summary>
public sealed class AccountScenario : IDisposable
{
    private const int Tellers = 3;
    private const int DepositsEach = 12;
    private const int Attempts = 8;

    private readonly string[] _accounts = ["alpha", "beta"];
    private readonly Dictionary<(string Account, string Id), long> _acknowledged = [];

    public AccountScenario(ulong seed) => Simulation = new GrainSimulation(seed, static silo => silo.AddSimulatedStorage(), new SimulationOptions
    {
        SiloCount = 3,
        DuplicateActivations = 0.05,
        StorageErrors = 0.05,
        LostStorageAcknowledgements = 0.05,
        LostMessages = 0.01,
        MeanTimeBetweenCrashes = TimeSpan.FromSeconds(20),
    });

    public GrainSimulation Simulation { get; }

    /// <summary>How many deposits were acknowledged.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>Plays the scenario and returns what acknowledged deposits were lost, or counted twice.</summary>
    public IReadOnlyList<string> Play<TAccount>()
        where TAccount : IAccount, IGrainWithStringKey
    {
        Simulation.Run([.. Enumerable.Range(0, Tellers).Select(teller => new Func<IClusterClient, Task>(client => DepositAsync<TAccount>(client, teller)))]);
        List<string> losses = [];
        Heal();
        Simulation.Run(async client =>
        {
            foreach (var account in _accounts)
            {
                Check(account, await RetryAsync(() => client.GetGrain<TAccount>(account).ReadAsync()), losses);
            }
        });
        return losses;
    }

    public void Dispose() => Simulation.Dispose();

    private async Task DepositAsync<TAccount>(IClusterClient client, int teller)
        where TAccount : IAccount, IGrainWithStringKey
    {
        for (var i = 0; i < DepositsEach; i++)
        {
            var account = _accounts[Simulation.Choose(_accounts.Length)];
            var id = $"{teller}-{i}";
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                try
                {
                    await client.GetGrain<TAccount>(account).DepositAsync(id, i + 1);
                    _acknowledged[(account, id)] = i + 1;
                    Simulation.Note($"acknowledged {account} {id}");
                    break;
                }
                catch (Exception failure) when (failure is OrleansException or TimeoutException)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), Simulation.Time);
                }
            }
        }
    }

    private async Task<AccountState> RetryAsync(Func<Task<AccountState>> read)
    {
        while (true)
        {
            try
            {
                return await read();
            }
            catch (Exception failure) when (failure is OrleansException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromSeconds(5), Simulation.Time);
            }
        }
    }

    private void Heal()
    {
        Simulation.Options.DuplicateActivations = 0;
        Simulation.Options.StorageErrors = 0;
        Simulation.Options.LostStorageAcknowledgements = 0;
        Simulation.Options.LostMessages = 0;
    }

    private void Check(string account, AccountState state, List<string> losses)
    {
        losses.AddRange(_acknowledged.Keys.Where(k => k.Account == account && !state.Applied.Contains(k.Id)).Select(k => $"{account} lost {k.Id}"));
        var expected = state.Applied.Sum(id => long.Parse(id.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture) + 1);
        if (state.Balance != expected)
        {
            losses.Add($"{account} holds {state.Balance}, its deposits sum to {expected}");
        }
    }
}
