using System.Text;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Asks for secrets without showing them. They never come from arguments, which every user of the machine can list.</summary>
internal static class Secrets
{
    /// <summary>Reads the first line of standard input.</summary>
    public static async Task<string> FromInputAsync(string what, CancellationToken cancellationToken) =>
        await Console.In.ReadLineAsync(cancellationToken) is { Length: > 0 } line
            ? line
            : throw AgentException.Of(ErrorCodes.InvalidArgument, $"No {what} came from standard input.", $"Pipe it in: wt login … < {what}-file");

    /// <summary>Asks on the terminal, or refuses where there is none.</summary>
    public static string Ask(Terminal terminal, string prompt)
    {
        if (Console.IsInputRedirected)
        {
            throw AgentException.Of(ErrorCodes.InvalidArgument, "There is no terminal to ask for the password on.", "Give --password-stdin and pipe the password in.");
        }

        terminal.Error.Write(prompt);
        var secret = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                secret.Length = Math.Max(0, secret.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.Append(key.KeyChar);
            }
        }

        terminal.Error.WriteLine();
        return secret.ToString();
    }
}
