using System.Collections.Immutable;
using System.Security.Cryptography;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;

namespace W0rktree.Grains.Accounts;

/// <summary>Decides about accounts, names and tokens. Pure.</summary>
public static class AccountRules
{
    /// <summary>The fewest iterations of PBKDF2-SHA256 that are taken: OWASP's recommendation since 2023.</summary>
    public const int MinIterations = 600_000;

    /// <summary>The most tokens and sessions an account holds at a time: its state stays small, and lists stay readable.</summary>
    public const int MaxTokens = 200;

    /// <summary>The longest name of a user or organisation: that of a DNS label's readable part, as elsewhere.</summary>
    public const int MaxSlugLength = 39;

    private const int MaxEmailLength = 254;
    private const int MaxLabelLength = 100;

    /// <summary>Checks the name of a user or an organisation.</summary>
    public static Refusal? CheckSlug(string slug)
    {
        var valid = slug.Length is > 0 and <= MaxSlugLength
            && slug.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
            && slug[0] != '-' && slug[^1] != '-' && !slug.Contains("--", StringComparison.Ordinal);
        return valid ? null : Refusals.Invalid(
            $"'{Shorten(slug)}' cannot name a user or an organisation.",
            $"Use 1 to {MaxSlugLength} of a-z, 0-9 and single '-' between them.");
    }

    /// <summary>Makes a name out of what an identity provider calls somebody: what cannot stand in one becomes a hyphen.</summary>
    public static string SlugFrom(string name)
    {
        var slug = new System.Text.StringBuilder();
        foreach (var c in name.Split('@')[0].ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var text = slug.ToString();
        text = text[..Math.Min(text.Length, MaxSlugLength)].Trim('-');
        return text.Length > 0 ? text : "user";
    }

    /// <summary>Checks what a registration brings.</summary>
    public static Refusal? CheckRegistration(RegisterAccount request) =>
        CheckSlug(request.Slug)
        ?? CheckEmail(request.Email)
        ?? CheckText("display name", request.DisplayName)
        ?? (request.Password is { Iterations: >= MinIterations, Salt.Length: 16, Hash.Length: 32 } ? null : Refusals.Invalid("The password's hash is not one that this server makes."));

    /// <summary>Checks an e-mail address roughly: whether mail arrives is the only real check.</summary>
    public static Refusal? CheckEmail(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        var valid = email.Length <= MaxEmailLength && at > 0 && at == email.LastIndexOf('@') && at < email.Length - 1
            && !email.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c));
        return valid ? null : Refusals.Invalid($"'{Shorten(email)}' is not an e-mail address.", "Give one such as ann@example.org.");
    }

    /// <summary>Checks what a token request brings: known scopes, an end in the future, a short label.</summary>
    public static Refusal? CheckToken(TokenRequest request, DateTimeOffset now)
    {
        if (request.Scopes.IsEmpty || request.Scopes.Length > Permission.All.Count)
        {
            return Refusals.Invalid("A token needs at least one scope.", "Give permissions such as sync:pull, or * for all.");
        }

        var unknown = request.Scopes.FirstOrDefault(s => s != "*" && !Permission.All.Contains(s));
        if (unknown is not null)
        {
            return Refusals.Invalid($"'{Shorten(unknown)}' is not a permission.", "Give permissions such as sync:pull, or * for all.");
        }

        return request.ExpiresAt <= now ? Refusals.Invalid("The token would end before it begins.") : CheckText("label", request.Label);
    }

    /// <summary>Tells whether a scope list stays within another: a token never makes a stronger one.</summary>
    public static bool Within(ImmutableArray<string> scopes, ImmutableArray<string> limit) =>
        limit.Contains("*") || (!scopes.Contains("*") && scopes.All(limit.Contains));

    /// <summary>Compares a proof with what is stored, in time that does not depend on where they differ.</summary>
    public static bool Proves(PasswordVerifier stored, ImmutableArray<byte> proof) =>
        CryptographicOperations.FixedTimeEquals(stored.Hash.AsSpan(), proof.AsSpan());

    /// <summary>Gives the records without those that have ended.</summary>
    public static ImmutableArray<TokenRecord> Living(ImmutableArray<TokenRecord> tokens, DateTimeOffset now) =>
        [.. tokens.Where(t => t.ExpiresAt is null || t.ExpiresAt > now)];

    private static Refusal? CheckText(string what, string text) =>
        text.Length <= MaxLabelLength && !text.Any(char.IsControl) ? null : Refusals.Invalid($"The {what} is longer than {MaxLabelLength} characters or holds control characters.");

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
