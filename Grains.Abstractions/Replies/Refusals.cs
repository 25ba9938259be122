namespace W0rktree.Grains.Abstractions.Replies;

/// <summary>Makes the refusals that more than one concept gives, so that equal cases cannot be told apart by their text.</summary>
public static class Refusals
{
    /// <summary>The one answer for what does not exist and for what the caller may not know of.</summary>
    public static Refusal NotFound { get; } = new()
    {
        Code = "not_found",
        Message = "There is no such thing, or you may not see it.",
        Hint = "Check the name and the account you are signed in with: wt login",
    };

    /// <summary>The call carries no proof of who calls, or none that this server knows.</summary>
    public static Refusal SignedOut { get; } = new()
    {
        Code = "signed_out",
        Message = "The call carries no token that this server knows.",
        Hint = "Sign in: wt login",
    };

    /// <summary>The token held once. Only who has its text can learn this.</summary>
    public static Refusal TokenRevoked { get; } = new()
    {
        Code = "token_revoked",
        Message = "The token was revoked or has expired.",
        Hint = "Sign in again: wt login",
    };

    /// <summary>A reply without value and refusal, which only a defect can make.</summary>
    internal static Refusal Broken { get; } = new() { Code = "internal", Message = "The server gave an empty answer." };

    /// <summary>The caller may see the thing and may not do this to it.</summary>
    public static Refusal PermissionDenied(string permission) => new()
    {
        Code = "denied",
        Message = $"This needs the permission '{permission}', which you do not have here.",
        Hint = "Ask an owner or administrator for a role that has it.",
    };

    /// <summary>The token was made for less than this.</summary>
    public static Refusal ScopeExceeded(string permission) => new()
    {
        Code = "denied",
        Message = $"The token was made without '{permission}'.",
        Hint = "Use a token with that scope: wt token create --scope …",
    };

    /// <summary>The request itself is wrong.</summary>
    public static Refusal Invalid(string message, string? hint = null) => new() { Code = "invalid_argument", Message = message, Hint = hint };
}
