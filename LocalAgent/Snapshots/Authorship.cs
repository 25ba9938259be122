using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Pipeline;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>Says who makes a snapshot, and seals each statement with a fresh salt.</summary>
internal static class Authorship
{
    /// <summary>Gives the author as <c>Name &lt;email&gt;</c>: configured, else the user of the machine.</summary>
    public static string AuthorOf(Settings settings)
    {
        var name = settings.UserName ?? Environment.UserName;
        var email = settings.UserEmail ?? $"{Environment.UserName}@{Environment.MachineName}";
        return $"{Clean(name)} <{Clean(email)}>";
    }

    /// <summary>Makes a field of a snapshot.</summary>
    public static Withholdable Seal(string text, IEntropy entropy)
    {
        Span<byte> salt = stackalloc byte[Withholdable.SaltBytes];
        entropy.Fill(salt);
        return Withholdable.Open(text, salt);
    }

    /// <summary>Angle brackets and line ends would let one field forge the other.</summary>
    private static string Clean(string text) => string.Concat(text.Where(c => c is not ('<' or '>') && !char.IsControl(c))).Trim();
}
