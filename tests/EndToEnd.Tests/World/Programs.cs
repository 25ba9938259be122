using System.Diagnostics;
using W0rktree.TestKit;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>Finds the three programs as a user has them, published by <c>eng/dist/build</c>.</summary>
internal static class Programs
{
    private static readonly Lazy<string> LazyFolder = new(Publish);

    public static string Wt => Path.Combine(LazyFolder.Value, "wt");

    public static string Server => Path.Combine(LazyFolder.Value, "worktree-server");

    /// <summary>What programs need from outside; nothing of the user's own configuration comes along.</summary>
    public static Dictionary<string, string> Environment()
    {
        var kept = new[] { "PATH", "LANG", "LC_ALL", "TMPDIR", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_CLI_HOME", "NUGET_PACKAGES", "LD_LIBRARY_PATH" }
            .Select(name => (name, value: System.Environment.GetEnvironmentVariable(name)))
            .Where(pair => pair.value is not null)
            .ToDictionary(pair => pair.name, pair => pair.value!, StringComparer.Ordinal);
        // The apphosts look for the runtime here; these tests run in one, so its place is known.
        kept.TryAdd("DOTNET_ROOT", Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")));
        kept["NO_COLOR"] = "1";
        return kept;
    }

    private static string Publish()
    {
        var named = System.Environment.GetEnvironmentVariable("WT_E2E_PROGRAMS");
        var folder = string.IsNullOrEmpty(named) ? Path.Combine(Repository.Root, "artifacts", "bin") : named;
        if (string.IsNullOrEmpty(named))
        {
            // Says nothing and takes milliseconds where test.sh has just done it.
            using var build = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "eng", "dist", "build")) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardInput = true })!;
            build.StandardInput.Close();
            var said = build.StandardError.ReadToEnd();
            build.WaitForExit();
            if (build.ExitCode != 0)
            {
                throw new InvalidOperationException($"eng/dist/build ended with {build.ExitCode}: {said}");
            }
        }

        // The link is resolved once: a later build must not change programs under running tests.
        return new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder;
    }
}
