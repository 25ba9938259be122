using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Tests.Cluster;
using W0rktree.TestKit;

namespace W0rktree.Grains.Tests.Access;

/// <summary>Policies in force: which pushes they let through, and who can change them.</summary>
public sealed class PolicyPushTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    private const string Policies = ".wt/access/policies.toml";

    private static string Deny(string scope, string permissions, string subjects = "{ role = \"developer\" }") =>
        $"[[policy]]\nname = \"no\"\neffect = \"deny\"\nsubjects = [{subjects}]\nscope = {scope}\npermissions = [{permissions}]\n";

    [Fact]
    public async Task A_path_that_is_closed_to_somebody_cannot_be_changed_by_them_and_by_others_can()
    {
        var scene = await StartAsync(Deny("{ path = \"config/\" }", "\"tree:write\""), ("config/app", "1"));

        var change = await scene.AddAsync(scene.Head, ("config/app", "2"));
        var refused = (await scene.Dev.PushAsync(scene.Tree, scene.Head, change)).Refusal!;
        Assert.Equal("denied", refused.Code);
        Assert.Contains("config/app", refused.Message, StringComparison.Ordinal);
        (await scene.Dev.PushAsync(scene.Tree, scene.Head, await scene.AddAsync(scene.Head, ("src/a", "2")))).Must();
        (await scene.Owner.PushAsync(scene.Tree, default, await scene.AddAsync(scene.Head, ("config/app", "3")), "topic")).Must();
    }

    [Fact]
    public async Task The_name_of_what_may_not_be_read_is_in_no_refusal()
    {
        var scene = await StartAsync(Deny("{ path = \"secret/\" }", "\"tree:read\", \"tree:write\""), ("secret/plan", "1"));

        var refused = (await scene.Dev.PushAsync(scene.Tree, scene.Head, await scene.AddAsync(scene.Head, ("secret/plan", "2")))).Refusal!;

        Assert.Equal("denied", refused.Code);
        Assert.DoesNotContain("secret", refused.Message + refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_a_later_snapshot_takes_back_is_a_change()
    {
        var scene = await StartAsync(Deny("{ path = \"config/\" }", "\"tree:write\""), ("config/app", "1"));
        var forth = await scene.AddAsync(scene.Head, ("config/app", "2"));
        var back = await scene.AddAsync(forth, ("config/app", "1"));

        Assert.Equal("denied", (await scene.Dev.PushAsync(scene.Tree, scene.Head, back)).Refusal!.Code);
    }

    [Fact]
    public async Task Both_names_of_a_rename_need_the_right()
    {
        var scene = await StartAsync(Deny("{ path = \"config/\" }", "\"tree:write\""), ("config/app", "1"), ("src/a", "x"));

        Assert.Equal("denied", (await scene.Dev.PushAsync(scene.Tree, scene.Head, await scene.AddAsync(scene.Head, ("config/app", null), ("src/app", "1")))).Refusal!.Code);
        Assert.Equal("denied", (await scene.Dev.PushAsync(scene.Tree, scene.Head, await scene.AddAsync(scene.Head, ("src/a", null), ("config/a", "x")))).Refusal!.Code);
    }

    [Fact]
    public async Task A_merge_of_what_others_changed_rightly_is_no_change_of_ones_own()
    {
        var scene = await StartAsync(Deny("{ path = \"config/\" }", "\"tree:write\""), ("config/app", "1"));
        var mine = await scene.AddAsync(scene.Head, ("src/mine", "1"));
        (await scene.Dev.PushAsync(scene.Tree, default, mine, "topic")).Must();
        var theirs = await scene.AddAsync(scene.Head, ("config/app", "2"));
        (await scene.Owner.PushAsync(scene.Tree, scene.Head, theirs)).Must();

        var merge = await scene.MergeAsync(mine, theirs, ("config/app", "2"), ("src/mine", "1"));
        (await scene.Dev.PushAsync(scene.Tree, mine, merge, "topic")).Must();
        (await scene.Dev.PushAsync(scene.Tree, theirs, merge)).Must();
    }

    [Fact]
    public async Task A_merge_cannot_bring_back_an_old_state_of_a_closed_path()
    {
        var scene = await StartAsync(Deny("{ path = \"config/\" }", "\"tree:write\""), ("config/app", "1"));
        var theirs = await scene.AddAsync(scene.Head, ("config/app", "2"));
        (await scene.Owner.PushAsync(scene.Tree, scene.Head, theirs)).Must();

        var merge = await scene.MergeAsync(theirs, scene.Head, ("config/app", "1"));

        Assert.Equal("denied", (await scene.Dev.PushAsync(scene.Tree, theirs, merge)).Refusal!.Code);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("deletion")]
    [InlineData("rename")]
    [InlineData("revert")]
    [InlineData("merge")]
    [InlineData("root")]
    [InlineData("another branch")]
    public async Task A_policy_change_without_policy_manage_is_refused_however_it_is_hidden(string way)
    {
        var scene = await StartAsync(Deny("{ path = \"config/\" }", "\"tree:write\""), ("config/app", "1"), ("src/policies.toml", ""));
        var loose = await scene.AddAsync(scene.Head, (Policies, ""));
        var (head, branch) = way switch
        {
            "plain" => (loose, "main"),
            "deletion" => (await scene.AddAsync(scene.Head, (Policies, null)), "main"),
            "rename" => (await scene.AddAsync(scene.Head, ("src/policies.toml", null), (Policies, "")), "main"),
            "revert" => (await scene.AddAsync(loose, (Policies, Deny("{ path = \"config/\" }", "\"tree:write\""))), "main"),
            "merge" => (await scene.MergeAsync(scene.Head, await scene.AddAsync(default, ("src/other", "1")), (Policies, "")), "main"),
            "root" => (await scene.AddAsync(default, (Policies, "")), "fresh"),
            _ => (loose, "topic"),
        };

        var refused = (await scene.Dev.PushAsync(scene.Tree, branch == "main" ? scene.Head : default, head, branch)).Refusal!;

        Assert.Equal("denied", refused.Code);
        Assert.Contains("policy:manage", refused.Message, StringComparison.Ordinal);
        Assert.Equal("denied", (await scene.Dev.PushAsync(scene.Tree, scene.Head, await scene.AddAsync(scene.Head, ("config/app", "9")))).Refusal!.Code);
    }

    [Fact]
    public async Task An_invalid_policy_is_refused_with_its_place_and_what_was_in_force_stays()
    {
        var scene = await StartAsync(Deny("{ path = \"config/\" }", "\"tree:write\""), ("config/app", "1"));
        var broken = await scene.AddAsync(scene.Head, (Policies, "[[policy]]\nname = \"x\"\neffect = \"perhaps\""));

        var refused = (await scene.Owner.PushAsync(scene.Tree, scene.Head, broken)).Refusal!;

        Assert.Equal("policy_invalid", refused.Code);
        Assert.StartsWith(".wt/access/policies.toml:3:1: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal("denied", (await scene.Dev.PushAsync(scene.Tree, scene.Head, await scene.AddAsync(scene.Head, ("config/app", "2")))).Refusal!.Code);
    }

    [Fact]
    public async Task A_link_in_place_of_a_policy_file_is_refused()
    {
        var scene = await StartAsync(Deny("\"worktree\"", "\"sync:push\""));
        var link = await scene.AddAsync(scene.Head, (Policies, "!l elsewhere"));

        var refused = (await scene.Owner.PushAsync(scene.Tree, scene.Head, link)).Refusal!;
        Assert.Equal("policy_invalid", refused.Code);
        Assert.StartsWith(".wt/access/policies.toml:1:1: A policy file is a file", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("(policy_not_a_file)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_policies_before_a_push_decide_about_it_and_those_it_brings_about_the_next()
    {
        var scene = await StartAsync("", ("src/a", "1"));
        var closing = await scene.AddAsync(scene.Head, (Policies, Deny("\"worktree\"", "\"tree:write\"", "{ all_authenticated = true }")));
        (await scene.Owner.PushAsync(scene.Tree, scene.Head, closing)).Must();

        Assert.Equal("denied", (await scene.Owner.PushAsync(scene.Tree, closing, await scene.AddAsync(closing, ("src/a", "2")))).Refusal!.Code);
    }

    [Fact]
    public async Task What_was_made_offline_under_looser_policies_is_decided_by_todays()
    {
        var scene = await StartAsync("", ("config/app", "1"));
        var offline = await scene.AddAsync(scene.Head, ("config/app", "2"));
        var closing = await scene.AddAsync(scene.Head, (Policies, Deny("{ path = \"config/\" }", "\"tree:write\"")));
        (await scene.Owner.PushAsync(scene.Tree, scene.Head, closing)).Must();

        Assert.Equal("denied", (await scene.Dev.PushAsync(scene.Tree, default, offline, "topic")).Refusal!.Code);
        var merged = await scene.MergeAsync(closing, offline, ("config/app", "2"));
        Assert.Equal("denied", (await scene.Dev.PushAsync(scene.Tree, closing, merged)).Refusal!.Code);
    }

    [Fact]
    public async Task A_branch_can_be_closed_to_pushes_and_to_looks()
    {
        var scene = await StartAsync(Deny("{ branch = \"release/*\" }", "\"sync:push\", \"branch:read\""), ("src/a", "1"));
        (await scene.Owner.PushAsync(scene.Tree, default, scene.Head, "release/1")).Must();

        Assert.Equal("denied", (await scene.Dev.PushAsync(scene.Tree, default, scene.Head, "release/2")).Refusal!.Code);
        Assert.Equal(["main"], (await scene.Dev.ListBranchesAsync(scene.Tree)).Must().Branches.Select(b => b.Name.Text));
        Assert.Equal(["main", "release/1"], (await scene.Owner.ListBranchesAsync(scene.Tree)).Must().Branches.Select(b => b.Name.Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_tree_that_lists_others_answers_a_member_like_one_that_does_not_exist()
    {
        var scene = await StartAsync("", (".wt-tree/access/teams.toml", "[team.nobody]\nrole = \"developer\""));

        var closed = await GrainCluster.RefusedAsync(() => scene.Dev.ListBranchesAsync(scene.Tree));
        var absent = await GrainCluster.RefusedAsync(() => scene.Dev.ListBranchesAsync(scene.Tree with { Tree = new TreeId(Person.Random128()) }));

        Assert.Equal(absent, closed);
        Assert.Equal("not_found", closed.Code);
        (await scene.Owner.ListBranchesAsync(scene.Tree)).Must();
    }

    [Fact]
    public async Task Nobody_gives_more_than_they_hold()
    {
        var scene = await StartAsync("");
        var lead = $"[[policy]]\nname = \"lead\"\neffect = \"allow\"\nsubjects = [{{ account = \"{scene.Dev.Slug}\" }}]\nscope = \"worktree\"\npermissions = [\"policy:manage\"]\n";
        var appointed = await scene.AddAsync(scene.Head, (Policies, lead));
        (await scene.Owner.PushAsync(scene.Tree, scene.Head, appointed)).Must();

        var more = await scene.AddAsync(appointed, (Policies, lead.Replace("policy:manage", "policy:manage\", \"tenant:admin", StringComparison.Ordinal)));
        var team = await scene.AddAsync(appointed, (".wt/access/teams.toml", "[team.friends]\nrole = \"maintainer\""));
        var less = await scene.AddAsync(appointed, (".wt/access/teams.toml", "[team.friends]\nrole = \"viewer\""));

        var refused = (await scene.Dev.PushAsync(scene.Tree, appointed, more)).Refusal!;
        Assert.Equal(("policy_escalation", "The policies would give 'tenant:admin', which you do not hold yourself."), (refused.Code, refused.Message));
        Assert.Equal("policy_escalation", (await scene.Dev.PushAsync(scene.Tree, appointed, team)).Refusal!.Code);
        (await scene.Dev.PushAsync(scene.Tree, appointed, less)).Must();
    }

    [Fact]
    public async Task An_outsider_comes_in_only_where_a_policy_names_them()
    {
        var scene = await StartAsync("");
        var guest = await Person.RegisterAsync(cluster, "guest");
        Assert.Equal("not_found", (await GrainCluster.RefusedAsync(() => guest.ListBranchesAsync(scene.Tree))).Code);
        var named = await scene.AddAsync(scene.Head, (Policies, $"[[policy]]\nname = \"guest\"\neffect = \"allow\"\nsubjects = [{{ account = \"{guest.Slug}\" }}]\nscope = \"worktree\"\npermissions = [\"branch:read\"]"));
        (await scene.Owner.PushAsync(scene.Tree, scene.Head, named)).Must();

        (await guest.ListBranchesAsync(scene.Tree)).Must();
        Assert.Equal("denied", (await GrainCluster.RefusedAsync(() => guest.PushAsync(scene.Tree, named, named))).Code);
    }

    [Fact]
    public async Task A_token_that_was_made_without_writing_or_without_policies_pushes_neither_for_whoever_may()
    {
        var scene = await StartAsync("", ("src/a", "1"));
        var change = await scene.AddAsync(scene.Head, ("src/a", "2"));
        var policy = await scene.AddAsync(scene.Head, (Policies, Deny("\"worktree\"", "\"sync:push\"")));
        async Task<Refusal?> PushAsync(SnapshotId head, params string[] scopes) =>
            (await cluster.WithAsync(scene.Owner.Ticket with { Scopes = [.. scopes] }, () => cluster.Grains.GetGrain<IBranchGrain>(GrainKeys.Branch(scene.Tree, BranchName.Main))
                .PushAsync(new PushBranch { Name = BranchName.Main, Expected = scene.Head, Head = head, Copy = scene.Owner.Copy, RequestId = "" }, default))).Refusal;

        Assert.Equal(Refusals.ScopeExceeded(Permission.TreeWrite).Message, (await PushAsync(change, Permission.SyncPush))!.Message);
        Assert.Equal(Refusals.ScopeExceeded(Permission.PolicyManage).Message, (await PushAsync(policy, Permission.SyncPush, Permission.TreeWrite))!.Message);
        Assert.Null(await PushAsync(change, Permission.SyncPush, Permission.TreeWrite));
    }

    [Fact]
    public async Task A_token_that_was_made_without_reading_is_told_no_path_of_staged_work()
    {
        var scene = await StartAsync("", ("src/a", "1"));
        (await scene.Dev.StageAsync(scene.Tree, scene.Head, await scene.AddAsync(scene.Head, ("src/a", "2")), 1)).Must();
        Task<Reply<StagedPage>> ListAsync(params string[] scopes) => cluster.WithAsync(
            scene.Owner.Ticket with { Scopes = [.. scopes] }, () => cluster.Grains.GetGrain<IStagingAggregatorGrain>(GrainKeys.Tree(scene.Tree)).ListAsync(new StagedQuery(), default));

        Assert.Empty((await ListAsync(Permission.SnapshotRead, Permission.BranchRead)).Must().Entries);
        Assert.Single((await ListAsync(Permission.SnapshotRead, Permission.TreeRead)).Must().Entries);
    }

    [Fact]
    public async Task The_branch_that_holds_the_policies_cannot_be_deleted()
    {
        var scene = await StartAsync(Deny("\"worktree\"", "\"sync:push\""));
        var delete = await scene.Owner.CallAsync(g => g.GetGrain<IBranchGrain>(GrainKeys.Branch(scene.Tree, BranchName.Main))
            .DeleteAsync(new DeleteBranch { Name = BranchName.Main, Expected = scene.Head }, default));

        Assert.Equal("default_branch", delete.Refusal!.Code);
    }

    private async Task<Scene> StartAsync(string policies, params (string Path, string Content)[] files)
    {
        var (owner, dev) = (await Person.RegisterAsync(cluster, "owner"), await Person.RegisterAsync(cluster, "dev"));
        var tree = await owner.CreateWorktreeAsync();
        (await owner.SetMemberAsync(tree.Tenant, dev, Role.Developer)).Must();
        var scene = new Scene(cluster.Vault.Of(tree.Tenant, tree.Tree), owner, dev, tree);
        scene = scene with { Head = await scene.AddAsync(default, [(Policies, policies), .. files.Select(f => (f.Path, (string?)f.Content))]) };
        (await owner.PushAsync(tree, default, scene.Head)).Must();
        return scene;
    }

    private sealed record Scene(MemoryObjects Objects, Person Owner, Person Dev, TreeAddress Tree)
    {
        public SnapshotId Head { get; init; }

        public Task<SnapshotId> AddAsync(SnapshotId parent, params (string Path, string? Content)[] changes) => MakeAsync(parent.IsZero ? [] : [parent], changes);

        public Task<SnapshotId> MergeAsync(SnapshotId one, SnapshotId other, params (string Path, string? Content)[] changes) => MakeAsync([one, other], changes);

        private async Task<SnapshotId> MakeAsync(SnapshotId[] parents, (string Path, string? Content)[] changes)
        {
            var files = parents.Length == 0 ? [] : await Objects.ListAsync((await Objects.Graph.ReadSnapshotAsync(parents[0], default)).Root);
            foreach (var (path, content) in changes)
            {
                if (content is null)
                {
                    files.Remove(path);
                }
                else
                {
                    files[path] = content;
                }
            }

            return await Objects.AddAsync(await Objects.TreeAsync(files), message: Guid.NewGuid().ToString(), parents: [.. parents]);
        }
    }
}
