using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Agents;

public sealed class CopyTests
{
    [Fact]
    public async Task A_second_copy_shares_the_store_and_has_a_line_of_its_own()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        agent.Write("a.txt", "base\n");
        agent.Write("dir/run.sh", "#!/bin/sh\n");
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        await client.CallAsync(Methods.BranchCreate, new BranchCreateParams("fix", null, false), IpcJson.Default.BranchCreateParams, IpcJson.Default.BranchResult);
        var second = agent.Work + "-fix";
        var added = await client.CallAsync(Methods.CopyAdd, new CopyAddParams(second, "fix"), IpcJson.Default.CopyAddParams, IpcJson.Default.CopyAddResult);

        Assert.Equal(2, added.Files);
        Assert.Equal("base\n", File.ReadAllText(Path.Combine(second, "a.txt")));
        await using var there = await agent.ConnectAsync(second);
        Assert.Empty((await StatusAsync(there)).Changes);

        File.WriteAllText(Path.Combine(second, "a.txt"), "fixed\n");
        Assert.Single((await StatusAsync(there)).Changes);
        Assert.Empty((await agent.StatusAsync()).Changes);

        var listed = await client.CallAsync(Methods.CopyList, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.CopyListResult);
        Assert.Equal([("main", "primary", true), ("fix", "secondary", false)], listed.Copies.Select(copy => (copy.Branch, copy.Role!, copy.Current)));

        var removed = await client.CallAsync(Methods.CopyRemove, new CopyRemoveParams(second), IpcJson.Default.CopyRemoveParams, IpcJson.Default.CopyRemoveResult);
        Assert.False(Directory.Exists(second));
        await client.CallAsync(Methods.Restore, new RestoreParams(removed.Snapshot, ["a.txt"]), IpcJson.Default.RestoreParams, IpcJson.Default.RestoreResult);
        Assert.Equal("fixed\n", File.ReadAllText(agent.At("a.txt")));
        Assert.Single((await client.CallAsync(Methods.CopyList, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.CopyListResult)).Copies);
    }

    [Fact]
    public async Task A_copy_goes_nowhere_where_something_stands_and_the_first_one_stays()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        agent.Write("a.txt", "base\n");
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        var taken = agent.Work + "-taken";
        Directory.CreateDirectory(taken);
        File.WriteAllText(Path.Combine(taken, "mine"), "mine");

        Assert.Equal("refused", await CodeAsync(taken, "main"));
        Assert.Equal("already_initialised", await CodeAsync(agent.At("inside"), "main"));
        Assert.Equal("unknown_branch", await CodeAsync(agent.Work + "-new", "nobody"));
        Assert.False(Directory.Exists(agent.Work + "-new"));
        Assert.Equal("refused", (await client.RefusedAsync(Methods.CopyRemove, new CopyRemoveParams(agent.Work), IpcJson.Default.CopyRemoveParams)).Code);
        Assert.Equal("base\n", File.ReadAllText(agent.At("a.txt")));

        async Task<string> CodeAsync(string path, string branch) =>
            (await client.RefusedAsync(Methods.CopyAdd, new CopyAddParams(path, branch), IpcJson.Default.CopyAddParams)).Code;
    }

    private static Task<StatusResult> StatusAsync(TestClient client) =>
        client.CallAsync(Methods.Status, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.StatusResult);
}
