using System.Buffers.Text;
using System.Security.Cryptography;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Identifiers;

namespace W0rktree.Silo.Front;

/// <summary>The code of an invitation: <c>wti_</c>, the inviting tenant's id, and 256 random bits of which the server keeps the hash.</summary>
/// <param name="Tenant">Who invites.</param>
/// <param name="Code">The hash.</param>
internal sealed record InvitationCode(TenantId Tenant, TokenHash Code)
{
    private const string Prefix = "wti_";

    /// <summary>Draws a code.</summary>
    public static string Draw(TenantId tenant) => $"{Prefix}{tenant}{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    /// <summary>Reads a code, or ends the call.</summary>
    public static InvitationCode Parse(string text) =>
        text.Length is > 36 and <= 100 && text.StartsWith(Prefix, StringComparison.Ordinal) && TenantId.TryParse(text[4..36], out var tenant)
            ? new InvitationCode(tenant, TokenHash.Of(text))
            : throw Replies.Invalid("That is not the code of an invitation.");
}
