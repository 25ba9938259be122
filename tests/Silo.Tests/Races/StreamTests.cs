using System.Globalization;
using Grpc.Core;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Races;

/// <summary>An open stream tells of nothing that happened after the right to it ended, and ends.</summary>
[Collection(BusyServer.Collection)]
public sealed class StreamTests(BusyServer server)
{
    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("WT_REVOCATION_STREAMS") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_stream_that_is_open_when_the_right_ends_tells_nothing_more_and_ends()
    {
        var scene = await RaceScene.MakeAsync(server);
        foreach (var kind in Enumerable.Repeat(scene.Kinds.Where(k => !k.WritesOnly), Rounds).SelectMany(kinds => kinds))
        {
            var user = await kind.PrepareAsync(scene);
            using var call = user.Events.Watch(new WatchRequest { Tree = scene.Tree }, user.Head);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            await kind.RevokeAsync(scene, user);
            var told = new List<TreeEvent>();
            await scene.StageAsync();
            var ended = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                while (await call.ResponseStream.MoveNext(CancellationToken.None))
                {
                    told.Add(call.ResponseStream.Current);
                }
            });
            Assert.True(ended.StatusCode is StatusCode.NotFound or StatusCode.Unauthenticated or StatusCode.PermissionDenied, $"{kind.Name}: {ended.Status}");
            Assert.DoesNotContain(told, e => e.Staged is not null);
            await kind.RestoreAsync(scene);
        }
    }
}
