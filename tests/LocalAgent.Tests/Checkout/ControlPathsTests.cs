using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Checkout;

namespace W0rktree.LocalAgent.Tests.Checkout;

public sealed class ControlPathsTests
{
    [Theory]
    [InlineData(".wt/config.toml", true)]
    [InlineData(".wt/ignore", true)]
    [InlineData(".wt/access/policies.toml", true)]
    [InlineData(".wt-tree/config.toml", true)]
    [InlineData("nested/.wt-tree/access/teams.toml", true)]
    [InlineData("src/app.cs", true)]
    [InlineData(".wt", false)]
    [InlineData(".wt/state/copy.json", false)]
    [InlineData(".wt/state/tmp/x", false)]
    [InlineData(".wt/other", false)]
    [InlineData(".wt/access", false)]
    [InlineData(".wt/config.toml/x", false)]
    [InlineData("sub/.wt/state/copy.json", false)]
    [InlineData("sub/.wt/config.toml", false)]
    [InlineData(".wt-tree/state/x", false)]
    public void Only_the_versioned_parts_of_the_products_own_folders_are_checked_out(string path, bool allowed) =>
        Assert.Equal(allowed, ControlPaths.FirstBroken(TreePath.Parse(path).Value) is null);
}
