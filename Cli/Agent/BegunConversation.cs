using Microsoft.Win32.SafeHandles;

namespace W0rktree.Cli.Agent;

/// <summary>
/// A conversation with the agent in which a greeting and one question were sent and nothing was read yet. The program that begins with
/// a command hands it on where the answer is more than it understands; nothing is asked twice.
/// </summary>
/// <param name="Socket">What it goes over.</param>
/// <param name="Method">What was asked, with the parameters that the command line gives.</param>
internal sealed record BegunConversation(SafeFileHandle Socket, string Method)
{
    /// <summary>The number of the greeting.</summary>
    public const int Greeting = 1;

    /// <summary>The number of the question.</summary>
    public const int Question = 2;

    /// <summary>What a program that is handed one finds before its command line, followed by the descriptor's number.</summary>
    public const string Word = "__resume";
}
