using System.CommandLine;

namespace W0rktree.Cli.Server;

/// <summary>The option that names a server.</summary>
internal static class ServerOption
{
    /// <summary>For a command that reads a worktree, and asks the agent without the option.</summary>
    public static Option<string?> OfWorktree() => new("--server") { Description = "Ask a server instead of the agent: https://host:port/OWNER/NAME" };

    /// <summary>For a command that asks the agent without the option.</summary>
    public static Option<string?> InsteadOfAgent() => new("--server") { Description = "Ask this server instead of the agent: https://host:port" };

    /// <summary>For a command that asks a server in any case.</summary>
    public static Option<string?> Other() => new("--server") { Description = "The server: https://host:port; the one signed in to last by default" };
}
