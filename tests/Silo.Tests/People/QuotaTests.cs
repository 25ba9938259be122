using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.Core.Audit;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Grains.Accounts;
using W0rktree.Silo.Tests.Rest;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.People;

/// <summary>A server that one account runs.</summary>
public sealed class RunServer : TestServer
{
    public const string Operator = "the-operator";

    private readonly Lock _lock = new();
    private Task<Person>? _operator;

    /// <summary>Gives the account that runs the server.</summary>
    public Task<Person> OperatorAsync()
    {
        lock (_lock)
        {
            return _operator ??= Person.RegisterAsync(Channel, Operator);
        }
    }

    protected override void Replace(IServiceCollection services) =>
        services.AddSingleton(new RegistrationOptions { Operators = new HashSet<string> { Operator } });
}

/// <summary>What a tenant may use.</summary>
public sealed class QuotaTests(RunServer server) : IClassFixture<RunServer>, IAsyncLifetime
{
    private Person _operator = null!;

    public async Task InitializeAsync() => _operator = await server.OperatorAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_full_tenant_takes_no_more_and_says_its_limit_until_it_has_a_higher_one()
    {
        var (owner, tree) = await StartAsync();
        await SetAsync(owner, new { storage_bytes = 400_000 });
        await UploadAsync(owner, tree, 100_000);
        var (code, message, _) = await Person.RefusedAsync(() => UploadAsync(owner, tree, 500_000));
        Assert.Equal("quota_exceeded", code);
        Assert.Contains("400,000", message, StringComparison.Ordinal);
        using var rest = new RestClient(server.Address, owner.Token);
        var quota = await rest.ReadAsync($"tenants/{owner.Slug}/quota");
        Assert.Equal(400_000, quota.GetProperty("limits").GetProperty("storage_bytes").GetInt64());
        Assert.InRange(quota.GetProperty("used").GetProperty("storage_bytes").GetInt64(), 100_000, 400_000);

        // What was refused lies nowhere: a smaller one still finds room, and with a higher limit the large one does.
        await UploadAsync(owner, tree, 100_000);
        await SetAsync(owner, new { storage_bytes = 2_000_000 });
        await UploadAsync(owner, tree, 500_000);
    }

    [Fact]
    public async Task Uploads_at_the_same_time_do_not_each_use_the_same_room()
    {
        var (owner, tree) = await StartAsync();
        await SetAsync(owner, new { storage_bytes = 500_000 });
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            try
            {
                await UploadAsync(owner, tree, 200_000);
                return "taken";
            }
            catch (Grpc.Core.RpcException e) when (e.Trailers.GetValueBytes("wt-error-bin") is { } words)
            {
                return System.Text.Json.JsonDocument.Parse(words).RootElement.GetProperty("code").GetString();
            }
        }));
        Assert.All(outcomes, o => Assert.True(o is "taken" or "quota_exceeded", o));
        Assert.InRange(outcomes.Count(o => o == "taken"), 0, 2);
        var used = await server.Services.GetRequiredService<IObjectVault>().ForTenant(TenantId.Parse(tree.TenantId)).UsedBytesAsync(default);
        Assert.InRange(used, 0, 500_000);
    }

    [Fact]
    public async Task A_file_and_an_upload_are_no_larger_than_the_tenant_may_have_them()
    {
        var (owner, tree) = await StartAsync();
        await SetAsync(owner, new { file_bytes = 50_000, upload_bytes = 120_000 });
        Assert.Equal("quota_exceeded", (await Person.RefusedAsync(() => UploadAsync(owner, tree, 50_001))).Code);
        var (code, message, _) = await Person.RefusedAsync(() => UploadAsync(owner, tree, 50_000, 50_000, 50_000));
        Assert.Equal(("quota_exceeded", true), (code, message.Contains("120,000", StringComparison.Ordinal)));
        await UploadAsync(owner, tree, 50_000, 50_000);
    }

    [Fact]
    public async Task A_tree_shows_no_more_staged_snapshots_than_its_tenant_may_have()
    {
        var (owner, tree) = await StartAsync();
        await SetAsync(owner, new { staged_per_tree = 1 });
        var (first, second) = (await UploadAsync(owner, tree, 100), await UploadAsync(owner, tree, 101));
        await owner.StageAsync(tree, default, first);
        await owner.StageAsync(tree, default, second, sequence: 2);
        var (code, message, _) = await Person.RefusedAsync(() => owner.StageAsync(tree, default, first, branch: "other"));
        Assert.Equal(("quota_exceeded", true), (code, message.Contains("at most 1 ", StringComparison.Ordinal)));
        _ = await owner.Sync.ClearStagedAsync(new ClearStagedRequest { Tree = tree, CopyId = owner.Copy }, owner.Head);
        await owner.StageAsync(tree, default, first, branch: "other");
    }

    [Fact]
    public async Task A_tenant_that_asks_too_often_waits_and_no_other_does_whichever_way_it_asks()
    {
        var (busy, calm) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        await SetAsync(busy, new { requests_per_minute = 3 });
        using var rest = new RestClient(server.Address, busy.Token);
        await busy.MembershipsAsync();
        Assert.Equal(HttpStatusCode.OK, (await rest.GetAsync("account")).Status);
        await busy.MembershipsAsync();
        var (code, message, _) = await Person.RefusedAsync(busy.MembershipsAsync);
        Assert.Equal(("rate_limited", true), (code, message.Contains(" 3 ", StringComparison.Ordinal)));
        var refused = await rest.GetAsync("account");
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limited"), (refused.Status, refused.Code));
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        await calm.MembershipsAsync();
    }

    [Fact]
    public async Task Only_an_operator_sets_limits_and_only_who_administers_the_tenant_sees_them()
    {
        var (owner, _) = await StartAsync();
        var (member, stranger) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        await owner.AddMemberAsync(member);
        foreach (var (who, reading, writing) in new[] { (owner, "", "denied"), (member, "denied", "denied"), (stranger, "not_found", "not_found") })
        {
            using var rest = new RestClient(server.Address, who.Token);
            var read = await rest.GetAsync($"tenants/{owner.Slug}/quota");
            Assert.Equal(reading, read.Status == HttpStatusCode.OK ? "" : read.Code);
            Assert.Equal(writing, (await rest.SendAsync(HttpMethod.Patch, $"tenants/{owner.Slug}/quota", new { storage_bytes = 0 })).Code);
        }

        await SetAsync(owner, new { storage_bytes = 1_000, staged_per_tree = 5 });
        var after = await SetAsync(owner, new { reset = true, staged_per_tree = 7 });
        Assert.Equal((false, 7), (after.Json.GetProperty("limits").TryGetProperty("storage_bytes", out _), after.Json.GetProperty("limits").GetProperty("staged_per_tree").GetInt32()));
        Assert.Equal("invalid_argument", (await SendAsync(owner, new { storage_bytes = -1 })).Code);
        using var anybody = new RestClient(server.Address, _operator.Token);
        Assert.Equal("not_found", (await anybody.SendAsync(HttpMethod.Patch, "tenants/no-such-tenant/quota", new { reset = true })).Code);
    }

    [Fact]
    public async Task What_an_operator_sets_stands_in_the_audit_of_the_tenant()
    {
        var owner = await Person.RegisterAsync(server.Channel);
        await SetAsync(owner, new { storage_bytes = 123 });
        var records = await server.Services.GetRequiredService<IAuditLog>().ReadAsync(TenantId.Parse(owner.Account.TenantId), 1, 100, default);
        var told = records.Select(r => AuditCodec.TryDecode(r.AsSpan())!.Entry).Last(e => e.Kind == AuditKind.Change);
        Assert.Equal(("rest.change-quota", _operator.Account.Id), (told.Action, told.Actor));
        Assert.Contains("storage=123", told.Details, StringComparison.Ordinal);
    }

    private async Task<(Person Owner, TreeRef Tree)> StartAsync()
    {
        var owner = await Person.RegisterAsync(server.Channel);
        return (owner, await owner.CreateWorktreeAsync("shop"));
    }

    private async Task<RestReply> SetAsync(Person owner, object change)
    {
        var reply = await SendAsync(owner, change);
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);
        return reply;
    }

    private async Task<RestReply> SendAsync(Person owner, object change)
    {
        using var host = new RestClient(server.Address, _operator.Token);
        return await host.SendAsync(HttpMethod.Patch, $"tenants/{owner.Slug}/quota", change);
    }

    /// <summary>Uploads a snapshot of files that cannot be packed smaller.</summary>
    private static async Task<SnapshotId> UploadAsync(Person who, TreeRef tree, params int[] sizes)
    {
        var objects = new MemoryObjects();
        var entries = sizes.Select((size, i) => new DirectoryEntry(EntryName.Create($"f{i}").Value, EntryKind.File, (ulong)size, objects.Content(RandomNumberGenerator.GetBytes(size))));
        var head = await objects.AddAsync(await objects.WriteDirectoryAsync(DirectoryObject.Of(entries), default));
        await who.UploadAsync(tree, objects, head);
        return head;
    }
}
