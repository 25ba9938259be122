namespace W0rktree.LocalAgent.Tests.Support;

/// <summary>Runs on Linux only.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null! : "what a process has open is read from /proc";
}
