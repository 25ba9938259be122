using System.Diagnostics;
using System.Xml.Linq;
using W0rktree.Cli.Service;

namespace W0rktree.Cli.Tests.Service;

public sealed class ServiceFileTests
{
    [Fact]
    public void The_unit_starts_the_agent_at_sign_in_and_five_seconds_after_a_failure()
    {
        var file = ServiceFile.Systemd("/home/ada", new Dictionary<string, string>(), "/opt/w0rktree/worktree-worker");
        Assert.Equal("/home/ada/.config/systemd/user/worktree-worker.service", file.Path);
        var lines = file.Text.Split('\n');
        Assert.Contains("ExecStart=/opt/w0rktree/worktree-worker --foreground", lines);
        Assert.Contains("Restart=on-failure", lines);
        Assert.Contains("RestartSec=5", lines);
        Assert.Contains("WantedBy=default.target", lines);
        Assert.Equal(["systemctl --user daemon-reload", "systemctl --user enable --now worktree-worker.service"], file.Start.Select(command => string.Join(' ', command)));
    }

    [Fact]
    public void A_path_with_signs_that_systemd_reads_is_quoted()
    {
        var text = ServiceFile.Systemd("/home/ada", new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = "/c" }, "/opt/my \"tools\" 100%/worktree-worker").Text;
        Assert.Contains("ExecStart=\"/opt/my \\\"tools\\\" 100%%/worktree-worker\" --foreground\n", text, StringComparison.Ordinal);
    }

    [ToolFact("systemd-analyze")]
    public async Task Systemd_itself_finds_nothing_wrong_with_the_unit()
    {
        var folder = Directory.CreateTempSubdirectory("wt-unit-");
        var unit = Path.Combine(folder.FullName, "worktree-worker.service");
        await File.WriteAllTextAsync(unit, ServiceFile.Systemd("/home/ada", new Dictionary<string, string>(), "/bin/true").Text);
        using var verify = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--user", "--man=no", unit]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false, Environment = { ["XDG_RUNTIME_DIR"] = folder.FullName } })!;
        var said = await verify.StandardError.ReadToEndAsync();
        await verify.WaitForExitAsync();
        folder.Delete(recursive: true);
        Assert.DoesNotContain("worktree-worker.service", said, StringComparison.Ordinal);
        Assert.Equal(0, verify.ExitCode);
    }

    [Fact]
    public void The_property_list_starts_the_agent_at_sign_in_and_after_a_failure()
    {
        var file = ServiceFile.Launchd("/Users/ada", "/Applications/W0rk & Tree/worktree-worker", "/Users/ada/worker.log", 501);
        Assert.Equal("/Users/ada/Library/LaunchAgents/com.w0rktree.worker.plist", file.Path);
        var dict = XDocument.Parse(file.Text.Replace("<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">", "", StringComparison.Ordinal)).Root!.Element("dict")!;
        var values = dict.Elements("key").ToDictionary(key => key.Value, key => (XElement)key.NextNode!);
        Assert.Equal("com.w0rktree.worker", values["Label"].Value);
        Assert.Equal(["/Applications/W0rk & Tree/worktree-worker", "--foreground"], values["ProgramArguments"].Elements().Select(element => element.Value));
        Assert.Equal("true", values["RunAtLoad"].Name.LocalName);
        Assert.Equal("SuccessfulExitfalse", values["KeepAlive"].Element("key")!.Value + values["KeepAlive"].Elements().Last().Name.LocalName);
        Assert.Equal("5", values["ThrottleInterval"].Value);
        Assert.Equal("launchctl bootstrap gui/501 /Users/ada/Library/LaunchAgents/com.w0rktree.worker.plist", string.Join(' ', file.Start.Single()));
    }

    [Fact]
    public async Task Install_writes_the_file_and_uninstall_removes_it()
    {
        using var line = new CommandLine();
        line.Environment["WT_WORKER"] = "/opt/worktree-worker";
        var unit = Path.Combine(line.Folder, ".config", "systemd", "user", "worktree-worker.service");
        Assert.Equal(4, (await line.RunAsync("worker", "uninstall")).ExitCode);
        var installed = await line.RunAsync("worker", "install", "--no-start");
        Assert.Equal(0, installed.ExitCode);
        Assert.Contains("systemctl --user enable --now", installed.Output, StringComparison.Ordinal);
        Assert.Contains("ExecStart=/opt/worktree-worker --foreground", await File.ReadAllTextAsync(unit), StringComparison.Ordinal);
        Assert.Equal(0, (await line.RunAsync("worker", "uninstall", "--json")).ExitCode);
        Assert.False(File.Exists(unit));
    }
}

/// <summary>A test that needs a program; without it, a skip that says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string program)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            Skip = $"{program} is not installed.";
        }
    }
}
