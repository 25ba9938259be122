using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Agents;

public sealed class PlaceTests
{
    [Fact]
    public async Task A_worktree_reached_by_a_symlink_is_the_same_worktree()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        agent.Write("real/a.txt", "one");
        File.CreateSymbolicLink(agent.At("link"), "real");
        await using var client = await agent.ConnectAsync(agent.At("link"));
        var made = await client.CallAsync(Methods.WorktreeInit, new WorktreeInitParams(agent.At("link"), null, null), IpcJson.Default.WorktreeInitParams, IpcJson.Default.WorktreeInitResult);
        Assert.Equal(agent.At("real"), made.Root);

        agent.Write("real/a.txt", "two");
        var status = await client.CallAsync(Methods.Status, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.StatusResult);
        Assert.Equal("a.txt", Assert.Single(status.Changes).Path);
        await client.CallAsync(Methods.Restore, new RestoreParams(null, [agent.At("link/a.txt")]), IpcJson.Default.RestoreParams, IpcJson.Default.RestoreResult);
        Assert.Equal("one", File.ReadAllText(agent.At("real/a.txt")));
        var worker = await client.CallAsync(Methods.WorkerStatus, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.WorkerStatusResult);
        Assert.Equal(agent.At("real"), Assert.Single(worker.Trees).Root);
    }

    [Fact]
    public async Task Of_many_inits_of_one_directory_at_once_one_succeeds()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        agent.Write("a.txt", "one");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var client = await agent.ConnectAsync();
            try
            {
                return (await client.CallAsync(Methods.WorktreeInit, new WorktreeInitParams(agent.Work, null, null), IpcJson.Default.WorktreeInitParams, IpcJson.Default.WorktreeInitResult)).Worktree;
            }
            catch (Exception e) when (e.Message.Contains(ErrorCodes.AlreadyInitialised, StringComparison.Ordinal))
            {
                return ErrorCodes.AlreadyInitialised;
            }
        }));
        var worktree = Assert.Single(outcomes, outcome => outcome != ErrorCodes.AlreadyInitialised);
        Assert.Contains(worktree, await File.ReadAllTextAsync(agent.At(".wt/state/copy.json")));
    }

    [Fact]
    public async Task Inits_of_many_directories_at_once_all_succeed()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            agent.Write($"w{i}/a.txt", $"{i}");
            await using var client = await agent.ConnectAsync(agent.At($"w{i}"));
            return await client.CallAsync(Methods.WorktreeInit, new WorktreeInitParams(agent.At($"w{i}"), null, null), IpcJson.Default.WorktreeInitParams, IpcJson.Default.WorktreeInitResult);
        }));
        Assert.All(outcomes, made => Assert.Equal(1, made.Files));
        Assert.Equal(8, outcomes.Select(made => made.Tree).Distinct().Count());
    }
}
