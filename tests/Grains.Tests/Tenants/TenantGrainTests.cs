using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Tests.Cluster;

namespace W0rktree.Grains.Tests.Tenants;

public class TenantGrainTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    [Fact]
    public async Task Nobody_gives_a_role_above_their_own()
    {
        var (ann, bob, cy) = await ThreeAsync();
        (await ann.SetMemberAsync(ann.Tenant, bob, Role.Admin)).Must();

        Assert.Equal("denied", (await bob.SetMemberAsync(ann.Tenant, cy, Role.Owner)).Refusal!.Code);
        Assert.Equal("denied", (await bob.SetMemberAsync(ann.Tenant, ann, Role.Viewer)).Refusal!.Code);
        Assert.Equal("denied", (await bob.RemoveMemberAsync(ann.Tenant, ann)).Refusal!.Code);
        (await bob.SetMemberAsync(ann.Tenant, cy, Role.Admin)).Must();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_removal_of_which_nobody_knows_whether_it_was_stored_what_is_stored_decides(bool stored)
    {
        var (ann, bob, _) = await ThreeAsync();
        (await ann.SetMemberAsync(ann.Tenant, bob, Role.Developer)).Must();
        var tree = await ann.CreateWorktreeAsync();
        (await bob.ListBranchesAsync(tree)).Must();

        cluster.Storage.FailNext["tenant"] = stored;
        await Assert.ThrowsAnyAsync<Exception>(() => ann.RemoveMemberAsync(ann.Tenant, bob));

        if (stored)
        {
            Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => bob.ListBranchesAsync(tree)));
        }
        else
        {
            (await bob.ListBranchesAsync(tree)).Must();
        }
    }

    [Fact]
    public async Task The_last_owner_stays()
    {
        var (ann, bob, _) = await ThreeAsync();

        Assert.Equal("last_owner", (await ann.SetMemberAsync(ann.Tenant, ann, Role.Viewer)).Refusal!.Code);
        Assert.Equal("last_owner", (await ann.RemoveMemberAsync(ann.Tenant, ann)).Refusal!.Code);

        (await ann.SetMemberAsync(ann.Tenant, bob, Role.Owner)).Must();
        (await ann.RemoveMemberAsync(ann.Tenant, ann)).Must();
    }

    [Fact]
    public async Task A_developer_manages_nobody_but_may_leave()
    {
        var (ann, bob, cy) = await ThreeAsync();
        (await ann.SetMemberAsync(ann.Tenant, bob, Role.Developer)).Must();

        Assert.Equal("denied", (await GrainCluster.RefusedAsync(() => bob.SetMemberAsync(ann.Tenant, cy, Role.Viewer))).Code);
        (await bob.CallAsync(g => g.GetGrain<ITenantGrain>(GrainKeys.Tenant(ann.Tenant)).LeaveAsync(default))).Must();

        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => ListAsync(bob, ann.Tenant)));
    }

    [Fact]
    public async Task An_account_that_does_not_exist_cannot_be_taken_in()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");

        Assert.Equal(Refusals.NotFound, (await ann.SetMemberAsync(ann.Tenant, Person.New(cluster, "ghost"), Role.Viewer)).Refusal);
    }

    [Fact]
    public async Task A_role_that_does_not_exist_is_refused()
    {
        var (ann, bob, _) = await ThreeAsync();

        Assert.Equal("invalid_argument", (await ann.SetMemberAsync(ann.Tenant, bob, (Role)9)).Refusal!.Code);
        Assert.Equal("invalid_argument", (await ann.SetMemberAsync(ann.Tenant, bob, Role.None)).Refusal!.Code);
    }

    [Fact]
    public async Task Creating_a_worktree_twice_answers_the_same_and_under_another_name_is_refused()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var (worktree, tree) = (new WorktreeId(Person.Random128()), new TreeId(Person.Random128()));

        var first = (await CreateAsync(ann, worktree, tree, "shop")).Must();
        var again = (await CreateAsync(ann, worktree, tree, "shop")).Must();

        Assert.Equal(first.Slug, again.Slug);
        Assert.NotNull((await CreateAsync(ann, worktree, tree, "other")).Refusal);
        Assert.NotNull((await CreateAsync(ann, new WorktreeId(Person.Random128()), new TreeId(Person.Random128()), "shop")).Refusal);
    }

    [Fact]
    public async Task One_tree_is_in_one_worktree_of_its_tenant()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var tree = new TreeId(Person.Random128());
        (await CreateAsync(ann, new WorktreeId(Person.Random128()), tree, "one")).Must();

        Assert.NotNull((await CreateAsync(ann, new WorktreeId(Person.Random128()), tree, "two")).Refusal);
    }

    [Fact]
    public async Task The_same_ids_in_another_tenant_are_another_worktree()
    {
        var (ann, bob, _) = await ThreeAsync();
        var (worktree, tree) = (new WorktreeId(Person.Random128()), new TreeId(Person.Random128()));

        (await CreateAsync(ann, worktree, tree, "shop")).Must();
        (await CreateAsync(bob, worktree, tree, "shop")).Must();

        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => bob.ListBranchesAsync(new TreeAddress(ann.Tenant, worktree, tree))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("Shop")]
    [InlineData("a/b")]
    public async Task A_worktree_needs_a_proper_name(string name)
    {
        var ann = await Person.RegisterAsync(cluster, "ann");

        Assert.NotNull((await CreateAsync(ann, new WorktreeId(Person.Random128()), new TreeId(Person.Random128()), name)).Refusal);
    }

    private static Task<Reply<WorktreeView>> CreateAsync(Person owner, WorktreeId worktree, TreeId tree, string slug) =>
        owner.CallAsync(g => g.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(owner.Tenant, worktree))
            .CreateAsync(new CreateWorktree { Slug = slug, RootTree = tree, DefaultBranch = BranchName.Main }, default));

    private static Task<Reply<MemberPage>> ListAsync(Person who, TenantId tenant) =>
        who.CallAsync(g => g.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).ListMembersAsync("", default));

    private async Task<(Person Ann, Person Bob, Person Cy)> ThreeAsync() =>
        (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "bob"), await Person.RegisterAsync(cluster, "cy"));
}
