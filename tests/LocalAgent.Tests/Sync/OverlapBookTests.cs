using Google.Protobuf;
using W0rktree.LocalAgent.Sync.Team;
using W0rktree.Protocol.Grpc;

namespace W0rktree.LocalAgent.Tests.Sync;

public sealed class OverlapBookTests
{
    private readonly OverlapBook _book = new();

    [Fact]
    public void The_same_path_staged_again_is_no_news()
    {
        Assert.Single(_book.Take([Overlap("bob", "a.cs")]));
        Assert.Empty(_book.Take([Overlap("bob", "a.cs")]));
        Assert.Single(_book.Take([Overlap("bob", "a.cs"), Overlap("bob", "b.cs")]));
        Assert.Equal(["a.cs", "b.cs"], _book.All.Select(o => o.Path));
    }

    [Fact]
    public void What_was_said_of_somebody_before_no_longer_counts()
    {
        _book.Take([Overlap("bob", "a.cs"), Overlap("eve", "a.cs")]);

        _book.Take([Overlap("bob", "b.cs")]);

        Assert.Equal([("eve", "a.cs"), ("bob", "b.cs")], _book.All.Select(o => (o.Account, o.Path)));
    }

    [Fact]
    public void Who_is_not_in_the_answer_to_ones_own_staging_no_longer_overlaps()
    {
        _book.Take([Overlap("bob", "a.cs"), Overlap("eve", "a.cs")]);

        _book.Replace([Overlap("eve", "a.cs")]);

        Assert.Equal(["eve"], _book.All.Select(o => o.Account));
    }

    [Fact]
    public void Work_that_was_pushed_or_cleared_is_forgotten()
    {
        _book.Take([Overlap("bob", "a.cs")]);

        _book.Forget("copy of bob", "main");

        Assert.Empty(_book.All);
    }

    [Fact]
    public void A_hostile_path_cannot_forge_lines()
    {
        _book.Take([Overlap("bob", "a\n\e[31mfake")]);

        Assert.Equal("a\\x0a\\x1b[31mfake", _book.All[0].Path);
    }

    private static Overlap Overlap(string account, string path) => new()
    {
        Path = ByteString.CopyFromUtf8(path),
        Kind = "same_path",
        OtherAccount = account,
        OtherCopyId = $"copy of {account}",
        OtherBranch = "main",
    };
}
