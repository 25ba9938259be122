namespace W0rktree.Grains.Tests.Access;

public class GrainKeyTests
{
    private static readonly TreeAddress Tree = new(new TenantId(1), new WorktreeId(2), new TreeId(3));

    [Fact]
    public void Keys_have_a_fixed_width_and_never_hold_a_name()
    {
        Assert.Equal(32, GrainKeys.Tenant(Tree.Tenant).Length);
        Assert.Equal(64, GrainKeys.Worktree(Tree.Tenant, Tree.Worktree).Length);
        Assert.Equal(96, GrainKeys.Tree(Tree).Length);
        Assert.Equal(160, GrainKeys.Branch(Tree, BranchName.Main).Length);
        Assert.Equal(64, GrainKeys.Slug("main").Length);
        Assert.Matches("^[0-9a-f]+$", GrainKeys.Branch(Tree, BranchName.Parse("feature/login").Value));
    }

    [Fact]
    public void Keys_read_back() => Assert.Equal(Tree, GrainKeys.ReadTree(GrainKeys.Branch(Tree, BranchName.Main)));

    [Fact]
    public void A_slug_and_an_address_of_the_same_text_are_two_names() => Assert.NotEqual(GrainKeys.Slug("a@b"), GrainKeys.Email("a@b"));

    /// <summary>Recorded with <c>printf 'slug\0ann' | b3sum</c>: keys are stored, so they may never change.</summary>
    [Fact]
    public void The_key_of_a_name_is_its_hash_under_its_kind() =>
        Assert.Equal("c584b0b3cff8161e7c84a0c6eb5a7bb85cad689f511711f4e45e570823e3e396", GrainKeys.Slug("ann"));

    /// <summary>Recorded with <c>printf main | b3sum</c>.</summary>
    [Fact]
    public void The_key_of_a_branch_ends_in_the_hash_of_its_name() =>
        Assert.Equal("e726318bbc3fd75ac8733a7e030cc35b6f44d7ee11a8a845413d4cbf0e06a729", GrainKeys.Branch(Tree, BranchName.Main)[96..]);
}
