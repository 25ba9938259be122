using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.WorkingCopy;

public sealed class RealPathsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public RealPathsTests()
    {
        Directory.CreateDirectory(_folder.At("real/inner"));
        File.CreateSymbolicLink(_folder.At("link"), "real");
        File.CreateSymbolicLink(_folder.At("real/inner/file-link"), "nowhere");
    }

    [Theory]
    [InlineData("real", "real")]
    [InlineData("link", "real")]
    [InlineData("link/", "real")]
    [InlineData("link/inner", "real/inner")]
    [InlineData("real/../link/inner", "real/inner")]
    [InlineData("link/not/there/yet", "real/not/there/yet")]
    public void A_place_has_one_name(string path, string real) => Assert.Equal(_folder.At(real), RealPaths.Of(_folder.At(path)));

    [Fact]
    public void A_symlink_that_is_itself_meant_is_not_followed() =>
        Assert.Equal(_folder.At("real/inner/file-link"), RealPaths.OfFolder(_folder.At("link/inner/file-link")));

    public void Dispose() => _folder.Dispose();
}
