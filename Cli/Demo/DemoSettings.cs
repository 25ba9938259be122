namespace W0rktree.Cli.Demo;

/// <summary>Says where the demo runs and with which programs.</summary>
/// <param name="Folder">The temporary folder that holds everything.</param>
/// <param name="Program">The <c>wt</c> that the people type.</param>
/// <param name="ServerProgram">The server's program.</param>
/// <param name="Inherited">The environment to build on.</param>
internal sealed record DemoSettings(string Folder, string Program, string ServerProgram, IReadOnlyDictionary<string, string> Inherited)
{
    /// <summary>How long without a change until the agent makes a snapshot; 30 s by default, which would make a slow story.</summary>
    public const int InactivitySeconds = 2;

    /// <summary>What the programs need from outside; nothing of the user's own configuration comes along.</summary>
    private static readonly string[] Passed = ["PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_CLI_HOME", "LD_LIBRARY_PATH"];

    /// <summary>Gives one person's environment.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentFor(string home, string runtime)
    {
        var environment = Passed.Where(Inherited.ContainsKey).ToDictionary(name => name, name => Inherited[name], StringComparer.Ordinal);
        environment["HOME"] = home;
        environment["XDG_RUNTIME_DIR"] = runtime;
        environment["NO_COLOR"] = "1";
        environment["WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S"] = InactivitySeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return environment;
    }
}
