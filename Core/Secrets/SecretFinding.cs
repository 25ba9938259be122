using System.Text;
using W0rktree.Core.Identity;

namespace W0rktree.Core.Secrets;

/// <summary>Says that a rule found something. Never holds what it found.</summary>
/// <param name="Rule">The rule's stable name (docs/reference/secrets.md).</param>
/// <param name="Line">The line from 1; 0 where the file as a whole is meant.</param>
/// <param name="Fingerprint">Stands for this secret under this rule, so that it can be allowed without writing it down.</param>
public readonly record struct SecretFinding(string Rule, int Line, ContentHash Fingerprint)
{
    /// <summary>Makes a finding of the text that a rule matched.</summary>
    public static SecretFinding Of(string rule, int line, ReadOnlySpan<char> secret) =>
        new(rule, line, ContentHash.OfContent(Encoding.UTF8.GetBytes($"{rule}\0{secret}")));

    /// <summary>Makes a finding about a whole file, whatever it holds.</summary>
    public static SecretFinding OfFile(string rule) => new(rule, 0, ContentHash.OfContent(Encoding.UTF8.GetBytes(rule)));
}
