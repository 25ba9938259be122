using System.Text.Json;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli;

/// <summary>Tells the primary working copy from secondary ones by what lies on disk; no agent, no state.</summary>
/// <param name="Role"><c>primary</c> or <c>secondary</c>.</param>
/// <param name="Root">The working copy that was found, or null.</param>
/// <param name="Source">What decided: <c>environment</c>, <c>worktree</c>, <c>git</c> or <c>none</c>.</param>
internal sealed record CopyRole(string Role, string? Root, string Source)
{
    private const string Primary = "primary";
    private const string Secondary = "secondary";

    /// <summary>Looks at the environment, then upwards from a directory. Outside of any working copy the answer is primary.</summary>
    /// <exception cref="AgentException"><c>WT_ROLE</c> has another value.</exception>
    public static CopyRole Detect(string cwd, IReadOnlyDictionary<string, string> environment)
    {
        if (environment.TryGetValue("WT_ROLE", out var named) && named.Length > 0)
        {
            return named is Primary or Secondary
                ? new CopyRole(named, null, "environment")
                : throw AgentException.Of(ErrorCodes.InvalidArgument, $"WT_ROLE is '{named}'; it can be '{Primary}' or '{Secondary}'.", "Unset it to let the working copy decide.");
        }

        for (var folder = new DirectoryInfo(cwd); folder is not null; folder = folder.Parent)
        {
            var copy = Path.Combine(folder.FullName, ".wt", "state", "copy.json");
            if (File.Exists(copy))
            {
                return new CopyRole(IsSecondary(copy) ? Secondary : Primary, folder.FullName, "worktree");
            }

            // git's linked working copies have a .git file, the main one a folder.
            var git = Path.Combine(folder.FullName, ".git");
            if (Directory.Exists(git) || File.Exists(git))
            {
                return new CopyRole(File.Exists(git) ? Secondary : Primary, folder.FullName, "git");
            }
        }

        return new CopyRole(Primary, null, "none");
    }

    private static bool IsSecondary(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            return json.RootElement.TryGetProperty("secondary", out var secondary) && secondary.ValueKind == JsonValueKind.True;
        }
        catch (JsonException)
        {
            return false; // A damaged file is the agent's to report; the first copy is the likelier one.
        }
    }
}
