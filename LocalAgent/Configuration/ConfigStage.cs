using W0rktree.LocalAgent.Pipeline;

namespace W0rktree.LocalAgent.Configuration;

/// <summary>Takes up changes of configuration files while the agent runs. Looking at four files a second costs less than watching their folders.</summary>
internal sealed class ConfigStage(ConfigStack config, TimeProvider time) : IPulsedStage
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    public string Name => "configuration";

    public TimeSpan Patience => TimeSpan.FromSeconds(30);

    public long LastRound { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            LastRound = time.GetTimestamp();
            await Task.Delay(s_interval, time, cancellationToken);
            config.Reload();
        }
    }
}
