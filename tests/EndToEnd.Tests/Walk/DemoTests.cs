using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>The demo proves its own story; this proves that it ends well and leaves nothing.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_on_a_small_directory_succeeds_and_leaves_nothing_running()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        foreach (var name in new[] { "one.txt", "two.txt", "three.txt" })
        {
            ada.Write($"docs/{name}", string.Concat(Enumerable.Range(1, 30).Select(i => $"{name} line {i}\n")));
        }

        var temporary = Directory.CreateDirectory(Path.Combine(scene.Folder, "t")).FullName;
        ada.Environment["TMPDIR"] = temporary;
        var before = FileTree.Of(ada.Work);
        var demo = (await Run.ToEndAsync(Run.Prepare(Programs.Wt, ["demo", ada.Work], ada.Home, ada.Environment), longest: TimeSpan.FromSeconds(170))).Expect(0);

        Assert.Contains("bob works on", demo.Output + demo.Error, StringComparison.Ordinal);
        Assert.Equal(before, FileTree.Of(ada.Work));
        Assert.Empty(Directory.EnumerateDirectories(temporary, "wt-demo-*"));
        Assert.Empty(ProcessesThatName(temporary));
    }

    private static IEnumerable<string> ProcessesThatName(string folder)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => Path.GetFileName(path).All(char.IsAsciiDigit)))
        {
            string environment;
            try
            {
                environment = File.ReadAllText(Path.Combine(process, "environ"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // It ended meanwhile, or is somebody else's.
            }

            if (environment.Contains(Path.Combine(folder, "wt-demo-"), StringComparison.Ordinal))
            {
                yield return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
            }
        }
    }
}
