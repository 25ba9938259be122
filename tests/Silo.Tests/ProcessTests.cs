using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests;

/// <summary>The server as a process: starting, stopping, and being killed.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wt-process-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_acknowledged_push_survives_being_killed_right_after_it()
    {
        var objects = new MemoryObjects();
        Person ann;
        TreeRef tree;
        var heads = new List<SnapshotId> { default };
        using (var server = await ServerProcess.StartAsync(_folder))
        {
            ann = await Person.RegisterAsync(server.Channel);
            tree = await ann.CreateWorktreeAsync("site");
            for (var i = 0; i < 5; i++)
            {
                var next = await WalkTests.CommitAsync(objects, new() { ["a"] = $"{i}" }, [.. heads[1..].TakeLast(1)]);
                await ann.UploadAsync(tree, objects, next, [.. heads[1..].TakeLast(1)]);
                await ann.PushAsync(tree, heads[^1], next);
                heads.Add(next);
            }

            await server.KillAsync();
        }

        using var again = await ServerProcess.StartAsync(_folder);
        ann = ann.On(again.Channel);
        var branch = Assert.Single((await ann.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = tree }, ann.Head)).Branches);
        Assert.Equal(Person.Bytes(heads[^1]), branch.Head);
        var here = new MemoryObjects();
        await ann.DownloadAsync(tree, here, [heads[^1]]);
        Assert.Equal("4", (await here.ListAsync((await here.Graph.ReadSnapshotAsync(heads[^1], default)).Root))["a"]);
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused_and_names_the_first()
    {
        using var server = await ServerProcess.StartAsync(_folder);
        var second = await ServerProcess.RunAsync("start", "--data", _folder, "--listen", "127.0.0.1:0");
        Assert.Equal((1, ""), (second.Code, second.Out));
        Assert.Contains($"pid {server.Pid} ", second.Error, StringComparison.Ordinal);
        Assert.Contains($"\"pid\":{server.Pid}", (await ServerProcess.RunAsync("status", "--data", _folder)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_ends_the_server_in_order()
    {
        using var server = await ServerProcess.StartAsync(_folder);
        Assert.Equal(0, (await ServerProcess.RunAsync("stop", "--data", _folder)).Code);
        Assert.Equal(0, await server.EndAsync());
        Assert.Equal(3, (await ServerProcess.RunAsync("status", "--data", _folder)).Code);
        Assert.Equal(3, (await ServerProcess.RunAsync("stop", "--data", _folder)).Code);
        Assert.False(File.Exists(Path.Combine(_folder, "server.json")));
    }

    [Fact]
    public async Task What_is_not_understood_is_said_and_ends_with_2()
    {
        var (code, output, error) = await ServerProcess.RunAsync("begin");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("'begin' is not a command", error, StringComparison.Ordinal);
    }
}
