using System.Text.Json;

namespace W0rktree.Cli.Tests;

/// <summary>Holds <c>wt whoami</c> to its roles; no agent listens in any of these.</summary>
public sealed class WhoAmITests : IDisposable
{
    private readonly CommandLine _line = new();

    public WhoAmITests() => _line.Cwd = Directory.CreateDirectory(Path.Combine(_line.Folder, "work", "deep", "down")).FullName;

    private string Work => Path.Combine(_line.Folder, "work");

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("""{"format":1,"secondary":true}""", "secondary")]
    [InlineData("""{"format":1,"secondary":false}""", "primary")]
    [InlineData("""{"format":1}""", "primary")]
    [InlineData("""{"format":1,"secon""", "primary")]
    public async Task A_working_copy_says_itself_what_it_is(string json, string role)
    {
        Write(".wt/state/copy.json", json);
        await ExpectAsync(role, Work, "worktree");
    }

    [Fact]
    public async Task A_git_folder_is_primary_and_a_git_file_secondary()
    {
        Directory.CreateDirectory(Path.Combine(Work, ".git"));
        await ExpectAsync("primary", Work, "git");
        Directory.Delete(Path.Combine(Work, ".git"));
        Write(".git", "gitdir: /elsewhere/.git/worktrees/work\n");
        await ExpectAsync("secondary", Work, "git");
    }

    [Fact]
    public async Task The_nearest_working_copy_decides()
    {
        Write(".git", "gitdir: /elsewhere\n");
        Write("deep/.wt/state/copy.json", "{}");
        await ExpectAsync("primary", Path.Combine(Work, "deep"), "worktree");
    }

    [Fact]
    public async Task The_environment_overrides_what_lies_on_disk()
    {
        Write(".wt/state/copy.json", """{"secondary":true}""");
        _line.Environment["WT_ROLE"] = "primary";
        await ExpectAsync("primary", null, "environment");
        _line.Environment["WT_ROLE"] = "";
        await ExpectAsync("secondary", Work, "worktree");
    }

    [Fact]
    public async Task Another_role_in_the_environment_is_refused()
    {
        _line.Environment["WT_ROLE"] = "boss";
        var ended = await _line.RunAsync("whoami");
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("boss", ended.Error, StringComparison.Ordinal);
    }

    private void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(Work, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    private async Task ExpectAsync(string role, string? root, string source)
    {
        Assert.Equal(new Ended(0, role + "\n", ""), await _line.RunAsync("whoami"));
        using var json = JsonDocument.Parse((await _line.RunAsync("whoami", "--json")).Output);
        Assert.Equal(role, json.RootElement.GetProperty("role").GetString());
        Assert.Equal(source, json.RootElement.GetProperty("source").GetString());
        Assert.Equal(root, json.RootElement.TryGetProperty("root", out var found) ? found.GetString() : null);
    }
}
