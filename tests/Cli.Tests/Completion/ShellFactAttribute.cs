namespace W0rktree.Cli.Tests.Completion;

/// <summary>A test in a shell, skipped where it is not installed.</summary>
internal sealed class ShellFactAttribute : FactAttribute
{
    public ShellFactAttribute(string shell) => Skip = Shells.WhyNot(shell)!;
}

/// <summary>A test with several lines in a shell, skipped where it is not installed.</summary>
internal sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute(string shell) => Skip = Shells.WhyNot(shell)!;
}

/// <summary>Finds shells.</summary>
internal static class Shells
{
    public static string? WhyNot(string shell) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, shell)))
            ? null
            : $"{shell} is not installed: its completion script is not run here";
}
