using System.Buffers;
using System.Text;

namespace W0rktree.Grains.Abstractions.Identifiers;

/// <summary>Builds every grain key, and nothing else does.</summary>
/// <remarks>
/// Keys are fixed-width lower-case hexadecimal: ids as 32 digits, hashes as 64. Because every part has its own fixed width,
/// no two different lists of parts give the same key, and a name that a person chose never reaches a key unhashed.
/// </remarks>
public static class GrainKeys
{
    /// <summary>The key of the grains that exist once in a cluster.</summary>
    public const string Singleton = "0";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>The grain that knows who owns a tenant's slug.</summary>
    public static string Slug(string slug) => Hashed("slug\0" + slug);

    /// <summary>The grain that knows who owns an e-mail address.</summary>
    public static string Email(string email) => Hashed("email\0" + email);

    /// <summary>The grain of an account.</summary>
    public static string Account(AccountId account) => account.ToString();

    /// <summary>The grain of a tenant.</summary>
    public static string Tenant(TenantId tenant) => tenant.ToString();

    /// <summary>The grain of a token, by the SHA-256 of its text.</summary>
    public static string Token(TokenHash hash) => hash.ToString();

    /// <summary>The grain of a sign-in that waits to be confirmed, by the code that a person types.</summary>
    public static string Device(string code) => Hashed("device\0" + code);

    /// <summary>The grain of a worktree.</summary>
    public static string Worktree(TenantId tenant, WorktreeId worktree) => $"{tenant}{worktree}";

    /// <summary>The grains of a tree: its branch list and its staged work.</summary>
    public static string Tree(TreeAddress tree) => $"{tree.Tenant}{tree.Worktree}{tree.Tree}";

    /// <summary>The grain of a branch.</summary>
    public static string Branch(TreeAddress tree, BranchName branch) => Tree(tree) + Hashed(branch.Text);

    /// <summary>Tells whether a text can be the key of a tenant or of anything below one: whole ids in lower-case hexadecimal, and nothing else.</summary>
    public static bool IsCanonical(string key) => key.Length is 32 or 64 or 96 or 160 && !key.AsSpan().ContainsAnyExcept(Digits);

    /// <summary>Says what the key of a tenant, or of anything below one, stands for: <c>tenant/…/worktree/…/tree/…</c>; a branch's name cannot be read back.</summary>
    public static string Describe(string key) => key.Length switch
    {
        32 => $"tenant/{key}",
        64 => $"tenant/{key[..32]}/worktree/{key[32..]}",
        >= 96 => $"tenant/{key[..32]}/worktree/{key[32..64]}/tree/{key[64..96]}",
        _ => key,
    };

    /// <summary>Reads the account out of an account's key.</summary>
    public static AccountId ReadAccount(string key) => AccountId.Parse(key);

    /// <summary>Reads the tenant out of the key of a tenant or of anything below one.</summary>
    public static TenantId ReadTenant(string key) => TenantId.Parse(key[..32]);

    /// <summary>Reads the worktree out of the key of a worktree or of anything below one.</summary>
    public static WorktreeId ReadWorktree(string key) => WorktreeId.Parse(key[32..64]);

    /// <summary>Reads the tree out of the key of a tree or of anything below one.</summary>
    public static TreeAddress ReadTree(string key) => new(ReadTenant(key), ReadWorktree(key), TreeId.Parse(key[64..96]));

    private static string Hashed(string name) => ContentHash.OfContent(Encoding.UTF8.GetBytes(name)).ToString();
}
