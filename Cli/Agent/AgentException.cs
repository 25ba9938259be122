using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Agent;

/// <summary>Carries the refusal that ends a command; <c>Main</c> renders it and turns it into an exit code.</summary>
public sealed class AgentException(ErrorInfo error) : Exception(error.Message)
{
    /// <summary>Gets what to tell the user.</summary>
    public ErrorInfo Error { get; } = error;

    /// <summary>Makes a refusal of the client's own.</summary>
    public static AgentException Of(string code, string message, string? hint = null) => new(new ErrorInfo(code, message, hint));
}
