using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Puts together what <c>wt worker status</c> shows.</summary>
internal sealed class WorkerReport(Agent agent, AgentParts parts, IpcServer server)
{
    public WorkerStatusResult Make(string state, TimeSpan uptime)
    {
        var open = agent.Copies.Open.OrderBy(pipeline => pipeline.Copy.Root, StringComparer.Ordinal).ToList();
        return new WorkerStatusResult
        {
            State = state,
            StateDetail = Detail(open),
            Pid = Environment.ProcessId,
            Version = Agent.Version,
            UptimeSeconds = Math.Round(uptime.TotalSeconds, 1),
            MemoryBytes = Environment.WorkingSet,
            IpcPath = parts.Paths.Socket,
            Trees = [.. open.Select(Tree)],
            Server = Server(open),
            Storage = Storage(),
            Recovery = open.Select(pipeline => pipeline.Copy.Recovery).FirstOrDefault(report => report is not null),
            Warnings = Warnings(open),
        };
    }

    private static WorkerTree Tree(AgentPipeline pipeline)
    {
        var copy = pipeline.Copy;
        var rules = copy.Ignores.Rules;
        return new WorkerTree(
            copy.Root, copy.Identity.Tree, copy.Identity.Copy, copy.Position.Branch.Text, copy.WatchBackend, copy.Watcher.WatchedDirectories,
            rules.RuleCount, rules.FileCount, copy.Pending.Files);
    }

    private static string? Detail(List<AgentPipeline> open) =>
        open.Find(pipeline => !pipeline.Copy.Ready.Task.IsCompleted) is { } starting ? $"{starting.Copy.Root}: {starting.Copy.Scanner.DirectoriesScanned} of {starting.Copy.DirectoriesExpected?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"} directories scanned"
        : open.Find(pipeline => pipeline.Copy.Ready.Task.IsFaulted) is { } failed ? $"{failed.Copy.Root}: {failed.Copy.Ready.Task.Exception?.InnerException?.Message}"
        : open.Find(pipeline => pipeline.Failing is not null) is { } failing ? $"{failing.Copy.Root}: {failing.Failing}"
        : null;

    private static WorkerServer Server(List<AgentPipeline> open)
    {
        var infos = open.Select(pipeline => pipeline.Sync.Info).ToList();
        var shown = infos.Find(info => info.State != "none");
        var link = open.Select(pipeline => pipeline.Sync.Link).FirstOrDefault(link => link is not null);
        return new WorkerServer
        {
            Url = shown?.Server,
            Account = link?.Account,
            Protocol = link?.Protocol,
            LatencyMs = link?.Latency is { } latency ? Math.Round(latency.TotalMilliseconds, 2) : null,
            Connection = shown?.State switch
            {
                null => "none",
                "idle" or "syncing" or "paused" => "connected",
                var other => other,
            },
            PendingSync = infos.Sum(info => info.Pending),
            LastSync = infos.Max(info => info.LastSync),
            LastError = shown?.LastError?.Message,
        };
    }

    private WorkerStorage Storage()
    {
        var stores = agent.Copies.Stores;
        return new WorkerStorage(
            parts.Paths.Data,
            stores.Sum(store => store.Scan(Branches.StoreRefs.SummariesTable, "").LongCount()),
            stores.Sum(store => store.ObjectCount),
            stores.Sum(store => store.DiskBytes()),
            stores.Max(StoreKeeping.StoreKeeper.LastCollectionOf));
    }

    private List<WarningInfo> Warnings(List<AgentPipeline> open)
    {
        var warnings = agent.Config.Current.Problems.Select(Describe.Warning).ToList();
        warnings.AddRange(open.Where(pipeline => pipeline.Copy.WatchProblem is not null)
            .Select(pipeline => new WarningInfo("watching_degraded", $"{pipeline.Copy.Root}: {pipeline.Copy.WatchProblem}")));
        warnings.AddRange(open.SelectMany(pipeline => pipeline.Copy.Faults.Recent.TakeLast(5).Select(fault => new WarningInfo("fault", $"{fault.Time:HH:mm:ss} {fault.Stage}: {fault.What}: {fault.Problem}"))));
        if (server.ConnectionCount >= agent.Config.Current.MaxConnections)
        {
            warnings.Add(new WarningInfo("connections_full", "All places for clients are taken."));
        }

        return warnings;
    }
}
