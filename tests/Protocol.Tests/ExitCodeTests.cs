using System.Reflection;
using W0rktree.Protocol.Ipc;
using W0rktree.TestKit;

namespace W0rktree.Protocol.Tests;

/// <summary>Holds each error code to the way in which <c>wt</c> ends on it; scripts branch on both.</summary>
public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("invalid_argument", 2)]
    [InlineData("already_initialised", 2)]
    [InlineData("foreign_owner", 2)]
    [InlineData("outside_tree", 2)]
    [InlineData("branch_exists", 2)]
    [InlineData("broken_configuration", 2)]
    [InlineData("protocol_mismatch", 2)]
    [InlineData("conflicted", 3)]
    [InlineData("stale_base", 3)]
    [InlineData("not_a_worktree", 4)]
    [InlineData("unknown_branch", 4)]
    [InlineData("unknown_revision", 4)]
    [InlineData("unknown_path", 4)]
    [InlineData("not_found", 4)]
    [InlineData("denied", 5)]
    [InlineData("signed_out", 5)]
    [InlineData("token_revoked", 5)]
    [InlineData("offline", 6)]
    [InlineData("no_server", 6)]
    [InlineData("internal", 1)]
    [InlineData("a_code_of_a_later_version", 1)]
    public void A_code_ends_with_its_exit_code(string code, int exitCode) => Assert.Equal(exitCode, ErrorCodes.ExitCode(code));

    [Fact]
    public void Every_named_code_is_in_the_reference_with_its_exit_code()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/reference/errors.md"));
        var missing = Codes().Where(code => !page.Contains($"| `{code}` | {ErrorCodes.ExitCode(code)} |", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    private static IEnumerable<string> Codes() =>
        typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!);
}
