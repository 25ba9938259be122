using System.Text;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Protocol.Tests;

/// <summary>Holds the places of socket, data and configuration to the rules that both sides find them by.</summary>
public sealed class EndpointTests
{
    // A user without a folder under /run/user, so that the machine the tests run on does not decide.
    private const uint Nobody = 4_000_000_001;

    [Fact]
    public void The_socket_is_in_the_runtime_folder() =>
        Assert.Equal("/run/me/w0rktree/worker.sock", Endpoint.SocketPath(Variables(("XDG_RUNTIME_DIR", "/run/me"), ("HOME", "/home/me")), Nobody));

    [Fact]
    public void Without_a_runtime_folder_the_socket_is_in_the_storage_folder() =>
        Assert.Equal("/home/me/.local/share/w0rktree/worker.sock", Endpoint.SocketPath(Variables(("HOME", "/home/me")), Nobody));

    [Theory]
    [InlineData("")]
    [InlineData("run/me")]
    [InlineData("./run")]
    public void A_runtime_folder_that_is_empty_or_relative_counts_as_unset(string folder) =>
        Assert.Equal("/home/me/.local/share/w0rktree/worker.sock", Endpoint.SocketPath(Variables(("XDG_RUNTIME_DIR", folder), ("HOME", "/home/me")), Nobody));

    [Fact]
    public void A_path_of_107_bytes_is_kept_and_one_more_is_hashed_into_the_temporary_folder()
    {
        const string tail = "/w0rktree/worker.sock";
        var fits = "/" + new string('r', Endpoint.MaxSocketPathBytes - tail.Length - 1);
        Assert.Equal(fits + tail, Endpoint.SocketPath(Variables(("XDG_RUNTIME_DIR", fits)), Nobody));

        var hashed = Endpoint.SocketPath(Variables(("XDG_RUNTIME_DIR", fits + "r")), Nobody);
        Assert.StartsWith(Path.Combine(Path.GetTempPath(), $"w0rktree-{Nobody}-"), hashed, StringComparison.Ordinal);
        Assert.EndsWith("/worker.sock", hashed, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(hashed), 1, Endpoint.MaxSocketPathBytes);
    }

    [Fact]
    public void Bytes_are_counted_not_characters()
    {
        var folder = "/" + new string('ü', 50); // 101 bytes in 51 characters
        Assert.DoesNotContain("ü", Endpoint.SocketPath(Variables(("XDG_RUNTIME_DIR", folder)), Nobody), StringComparison.Ordinal);
    }

    [Fact]
    public void Different_long_paths_and_different_users_never_share_a_socket()
    {
        string Of(char last, uint user) => Endpoint.SocketPath(Variables(("XDG_RUNTIME_DIR", "/" + new string('r', 120) + last)), user);
        Assert.Equal(Of('a', 1), Of('a', 1));
        Assert.Equal(3, new[] { Of('a', 1), Of('b', 1), Of('a', 2) }.Distinct().Count());
    }

    [Fact]
    public void Data_and_configuration_follow_the_XDG_variables()
    {
        var moved = Variables(("HOME", "/home/me"), ("XDG_DATA_HOME", "/data"), ("XDG_CONFIG_HOME", "/conf"));
        Assert.Equal("/data/w0rktree", Endpoint.DataFolder(moved));
        Assert.Equal("/conf/w0rktree", Endpoint.ConfigFolder(moved));
        Assert.Equal("/home/me/.local/share/w0rktree", Endpoint.DataFolder(Variables(("HOME", "/home/me"))));
        Assert.Equal("/home/me/.config/w0rktree", Endpoint.ConfigFolder(Variables(("HOME", "/home/me"))));
    }

    private static Dictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
}
