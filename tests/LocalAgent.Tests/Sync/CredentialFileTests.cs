using W0rktree.LocalAgent.Sync.Server;

namespace W0rktree.LocalAgent.Tests.Sync;

public sealed class CredentialFileTests : IDisposable
{
    private static readonly ServerUrl First = ServerUrl.Parse("https://one").Value;
    private static readonly ServerUrl Second = ServerUrl.Parse("https://two").Value;
    private readonly string _folder = Directory.CreateTempSubdirectory("wt-credentials-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Credentials_are_kept_by_server_and_the_last_one_is_known()
    {
        await new CredentialFile(_folder).SaveAsync(First, new Credential("ada", "1", "wt_a"), default);
        await new CredentialFile(_folder).SaveAsync(Second, new Credential("ada2", "2", "wt_b"), default);
        var file = new CredentialFile(_folder);

        Assert.Equal("wt_a", file.Find(First)!.Token);
        Assert.Equal(Second, file.LastServer());
        await file.RemoveAsync(Second, default);
        Assert.Null(file.Find(Second));
    }

    [Fact]
    public async Task Nobody_else_can_read_the_file()
    {
        var file = new CredentialFile(_folder);
        await file.SaveAsync(First, new Credential("ada", "1", "wt_a"), default);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path));
        }
    }

    [Fact]
    public void A_damaged_file_is_named_with_the_next_step()
    {
        var file = new CredentialFile(_folder);
        File.WriteAllText(file.Path, "{\n oops");

        var refused = Assert.Throws<InvalidDataException>(() => file.Find(First));
        Assert.Contains(file.Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("wt login", refused.Message, StringComparison.Ordinal);
    }
}
