using W0rktree.Core.Paths;

namespace W0rktree.Core.Tests.Paths;

public sealed class NameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData(".wt")]
    [InlineData(".wt-tree")]
    [InlineData(".gitignore")]
    [InlineData(".github")]
    [InlineData("git")]
    [InlineData("wt~")]
    [InlineData("gitlab~1")]
    [InlineData("a:b")]
    [InlineData("CON")]
    [InlineData("näme with spaces ")]
    [InlineData("...")]
    [InlineData(".gitx")]
    public void Ordinary_names_are_taken(string name) => Assert.True(EntryName.Create(name).IsOk, name);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    [InlineData(".git")]
    [InlineData(".GIT")]
    [InlineData(".Git ")]
    [InlineData(".git.")]
    [InlineData(".git. . ")]
    [InlineData(".git::$INDEX_ALLOCATION")]
    [InlineData(".git:x")]
    [InlineData("GIT~1")]
    [InlineData("git~2")]
    [InlineData(".g\u200cit")]
    [InlineData("\ufeff.git")]
    [InlineData(".g\u0131t")]
    [InlineData(".\uff47it")]
    [InlineData(".WT")]
    [InlineData(".wt ")]
    [InlineData(".wt.")]
    [InlineData(".wt:s")]
    [InlineData("wt~1")]
    [InlineData(".wt-TREE")]
    [InlineData(".wt-tree.")]
    [InlineData("WT-TRE~1")]
    [InlineData(".wt-vfs")]
    [InlineData(".wt\u200d-vfs")]
    [InlineData("wt-vfs~1")]
    public void Names_that_some_file_system_takes_for_a_reserved_one_are_refused(string name) =>
        Assert.Equal("invalid_name", EntryName.Create(name).Error.Code);

    [Fact]
    public void A_name_of_256_bytes_is_refused_and_one_of_255_taken()
    {
        Assert.True(EntryName.Create(new string('a', 255)).IsOk);
        Assert.False(EntryName.Create(new string('a', 256)).IsOk);
    }

    [Theory]
    [InlineData("con", NamePlatform.Windows, false)]
    [InlineData("con.txt", NamePlatform.Windows, false)]
    [InlineData("a\\b", NamePlatform.Windows, false)]
    [InlineData("a ", NamePlatform.Windows, false)]
    [InlineData("console", NamePlatform.Windows, true)]
    [InlineData("a\\b", NamePlatform.Linux, true)]
    [InlineData("con", NamePlatform.MacOs, true)]
    public void Platforms_refuse_what_they_cannot_hold(string name, NamePlatform platform, bool fits) =>
        Assert.Equal(fits, PortableNames.FirstBroken(EntryName.Create(name).Value, platform) is null);

    [Fact]
    public void Bytes_that_are_not_UTF_8_stay_what_they_are()
    {
        var name = EntryName.Create([0x66, 0xFF, 0x6F]).Value;

        Assert.Equal("f\\xffo", name.ToString());
        Assert.NotNull(PortableNames.FirstBroken(name, NamePlatform.MacOs));
    }

    [Fact]
    public void Names_equal_without_case_collide_where_the_platform_folds_them()
    {
        var upper = EntryName.Create("README").Value;
        var lower = EntryName.Create("readme").Value;

        Assert.Equal(PortableNames.CollisionKey(upper, NamePlatform.Windows), PortableNames.CollisionKey(lower, NamePlatform.Windows));
        Assert.NotEqual(PortableNames.CollisionKey(upper, NamePlatform.Linux), PortableNames.CollisionKey(lower, NamePlatform.Linux));
    }
}
