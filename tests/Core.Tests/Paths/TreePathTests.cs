using W0rktree.Core.Paths;

namespace W0rktree.Core.Tests.Paths;

public sealed class TreePathTests
{
    [Theory]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a/.git/config")]
    [InlineData("./a")]
    public void Paths_that_leave_the_tree_or_are_not_plain_are_refused(string path) =>
        Assert.Equal("invalid_path", TreePath.Parse(path).Error.Code);

    [Theory]
    [InlineData("a")]
    [InlineData("a/b c/d")]
    [InlineData("weird\\x0aname/x")]
    [InlineData("back\\x5cslash")]
    [InlineData("f\\xff")]
    public void Text_and_path_are_each_others_inverse(string text) => Assert.Equal(text, TreePath.Parse(text).Value.ToString());

    [Fact]
    public void Random_bytes_survive_the_way_through_text()
    {
        var random = new Random(3);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(1, 40)];
            random.NextBytes(bytes);
            if (TreePath.Parse(bytes) is { IsOk: true, Value: var path })
            {
                Assert.Equal(path, TreePath.Parse(path.ToString()).Value);
            }
        }
    }

    [Fact]
    public void What_a_directory_holds_sorts_together()
    {
        string[] paths = ["a", "a/b", "a/b/c", "a/z", "a-b", "a.b", "ab", "b"];
        var shuffled = paths.Reverse().Select(p => TreePath.Parse(p).Value).ToArray();

        Array.Sort(shuffled);

        Assert.Equal(paths, shuffled.Select(p => p.ToString()));
    }

    [Fact]
    public void Parents_and_names_take_a_path_apart()
    {
        var path = TreePath.Parse("a/b/c").Value;

        Assert.Equal("c", path.Name.ToString());
        Assert.Equal("a/b", path.Parent.ToString());
        Assert.Equal(TreePath.Root, TreePath.Parse("a").Value.Parent);
        Assert.Equal(["a", "b", "c"], path.Names().Select(n => n.ToString()));
        Assert.Equal(3, path.Depth);
        Assert.True(path.IsAtOrBelow(TreePath.Parse("a/b").Value));
        Assert.False(TreePath.Parse("a/bc").Value.IsAtOrBelow(TreePath.Parse("a/b").Value));
        Assert.True(path.IsAtOrBelow(TreePath.Root));
    }

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        Assert.False(TreePath.Parse(string.Join('/', Enumerable.Repeat("a", 256))).IsOk);
        Assert.True(TreePath.Parse(string.Join('/', Enumerable.Repeat("a", 255))).IsOk);
        Assert.False(TreePath.Parse(string.Join('/', Enumerable.Repeat(new string('a', 255), 17))).IsOk);
    }
}
