using W0rktree.Core;

namespace W0rktree.LocalAgent.Sync.Server;

/// <summary>Names a server: scheme, host and port, nothing else.</summary>
public readonly record struct ServerUrl
{
    private ServerUrl(string text) => Text = text;

    /// <summary>Gets <c>http://host:port</c> or <c>https://host:port</c>, without a trailing slash.</summary>
    public string Text { get; }

    /// <summary>Checks and normalises what a user typed.</summary>
    public static Result<ServerUrl> Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.AbsolutePath != "/" || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
        {
            return new Error("invalid_argument", $"'{text}' is not the address of a server.", "Give it as https://host:port.");
        }

        return new ServerUrl($"{uri.Scheme}://{uri.Authority}");
    }

    /// <summary>Splits <c>http://host:port/OWNER/NAME</c>, or <c>OWNER/NAME</c> on a default server.</summary>
    public static Result<WorktreeAddress> ParseWorktree(string text, ServerUrl? fallback)
    {
        var help = new Error("invalid_argument", $"'{text}' is not the address of a worktree.", "Give it as https://host:port/OWNER/NAME, or as OWNER/NAME on the server you are signed in to.");
        ServerUrl server;
        string path;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            var parsed = Parse($"{uri!.Scheme}://{uri.Authority}");
            if (!parsed.IsOk)
            {
                return parsed.Error;
            }

            server = parsed.Value;
            path = uri.AbsolutePath.Trim('/');
        }
        else if (fallback is { } known)
        {
            server = known;
            path = text;
        }
        else
        {
            return help;
        }

        return path.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name] ? new WorktreeAddress(server, owner, name) : help;
    }

    /// <summary>Gives the address.</summary>
    public override string ToString() => Text;
}

/// <summary>Names a worktree on a server.</summary>
public sealed record WorktreeAddress(ServerUrl Server, string Owner, string Name);
