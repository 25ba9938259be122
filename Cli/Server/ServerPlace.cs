using System.Text.Json;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Server;

/// <summary>Says which server is meant, and which worktree on it.</summary>
/// <param name="Url"><c>https://host:port</c>.</param>
/// <param name="Owner">The tenant; null where no worktree is named.</param>
/// <param name="Name">The worktree's name; null where none is named.</param>
internal sealed record ServerPlace(string Url, string? Owner, string? Name)
{
    private const string Shape = "Give it as https://host:port, https://host:port/OWNER/NAME, or OWNER/NAME on the server you are signed in to.";

    /// <summary>Gets where the worktree is in REST.</summary>
    public string Worktree => Owner is { } owner && Name is { } name
        ? $"worktrees/{Uri.EscapeDataString(owner)}/{Uri.EscapeDataString(name)}"
        : throw AgentException.Of(ErrorCodes.InvalidArgument, "Which worktree is meant?", Shape);

    /// <summary>Reads what the user typed; nothing means the server that the environment or the last sign-in names.</summary>
    public static ServerPlace Parse(string? text, IReadOnlyDictionary<string, string> environment)
    {
        var isUrl = text?.Contains("://", StringComparison.Ordinal) == true;
        var address = isUrl ? text! : environment.GetValueOrDefault("WT_SERVER") is { Length: > 0 } named ? named : Credentials(environment)?.Last
            ?? throw AgentException.Of(ErrorCodes.NoServer, "No server is named, and you are signed in to none.", "Give --server URL, or sign in: wt login URL");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
        {
            throw AgentException.Of(ErrorCodes.InvalidArgument, $"'{address}' is not the address of a server.", Shape);
        }

        var server = $"{uri.Scheme}://{uri.Authority}";
        var path = (isUrl ? uri.AbsolutePath : text ?? "").Trim('/');
        return path.Split('/') switch
        {
            [""] => new ServerPlace(server, null, null),
            [{ Length: > 0 } owner, { Length: > 0 } name] => new ServerPlace(server, owner, name),
            _ => throw AgentException.Of(ErrorCodes.InvalidArgument, $"'{text}' is not the address of a server or a worktree.", Shape),
        };
    }

    /// <summary>Gives the token for the server.</summary>
    public string Token(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("WT_TOKEN") is { Length: > 0 } given ? given
        : Credentials(environment)?.Servers?.GetValueOrDefault(Url)?.Token
        ?? throw AgentException.Of(ErrorCodes.SignedOut, $"You are not signed in to {Url}.", $"Sign in: wt login {Url}, or set WT_TOKEN.");

    private static SignedInPlaces? Credentials(IReadOnlyDictionary<string, string> environment)
    {
        var file = Path.Combine(Endpoint.ConfigFolder(environment), "credentials.json");
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), ServerJson.Default.SignedInPlaces) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw AgentException.Of(ErrorCodes.SignedOut, $"{file} cannot be read as credentials: {e.Message}", "Move it away and sign in again: wt login");
        }
    }
}

/// <summary>What the agent keeps of sign-ins, as far as it is needed here.</summary>
internal sealed record SignedInPlaces(string? Last, Dictionary<string, SignedInPlace>? Servers);

/// <summary>One sign-in.</summary>
internal sealed record SignedInPlace(string Account, string Token);
