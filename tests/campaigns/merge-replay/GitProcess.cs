using System.Diagnostics;

namespace W0rktree.Campaigns.MergeReplay;

/// <summary>Runs git in a repository.</summary>
internal static class GitProcess
{
    public static Process Start(string repository, params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-C");
        start.ArgumentList.Add(repository);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("git does not start.");
    }

    public static IEnumerable<string> Lines(string repository, params string[] arguments)
    {
        using var git = Start(repository, arguments);
        git.StandardInput.Close();
        while (git.StandardOutput.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
