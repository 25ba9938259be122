using W0rktree.LocalAgent.Sync.Server;

namespace W0rktree.LocalAgent.Tests.Sync;

public sealed class ServerUrlTests
{
    [Theory]
    [InlineData("http://127.0.0.1:7420", "http://127.0.0.1:7420")]
    [InlineData("https://wt.example.org/", "https://wt.example.org")]
    [InlineData("HTTPS://WT.example.org:443", "https://wt.example.org")]
    public void An_address_has_one_spelling(string typed, string expected) => Assert.Equal(expected, ServerUrl.Parse(typed).Value.Text);

    [Theory]
    [InlineData("wt.example.org")]
    [InlineData("ftp://wt.example.org")]
    [InlineData("https://user:secret@wt.example.org")]
    [InlineData("https://wt.example.org/path")]
    [InlineData("https://wt.example.org/?q=1")]
    [InlineData("")]
    public void Anything_else_is_refused_with_the_form_to_use(string typed)
    {
        var refused = ServerUrl.Parse(typed);

        Assert.Equal("invalid_argument", refused.Error.Code);
        Assert.Contains("https://host:port", refused.Error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://h:1/acme/shop", "http://h:1", "acme", "shop")]
    [InlineData("http://h:1/acme/shop/", "http://h:1", "acme", "shop")]
    [InlineData("acme/shop", "https://known", "acme", "shop")]
    public void A_worktree_is_named_whole_or_on_the_known_server(string typed, string server, string owner, string name)
    {
        var address = ServerUrl.ParseWorktree(typed, ServerUrl.Parse("https://known").Value).Value;

        Assert.Equal((server, owner, name), (address.Server.Text, address.Owner, address.Name));
    }

    [Theory]
    [InlineData("http://h:1/acme")]
    [InlineData("http://h:1/acme/shop/more")]
    [InlineData("shop")]
    [InlineData("/")]
    public void Half_a_worktree_is_refused(string typed) =>
        Assert.Equal("invalid_argument", ServerUrl.ParseWorktree(typed, ServerUrl.Parse("https://known").Value).Error.Code);

    [Fact]
    public void Without_a_known_server_the_address_must_be_whole() =>
        Assert.Equal("invalid_argument", ServerUrl.ParseWorktree("acme/shop", null).Error.Code);
}
