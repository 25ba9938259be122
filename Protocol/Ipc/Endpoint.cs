using System.Text;
using W0rktree.Core.Identity;

namespace W0rktree.Protocol.Ipc;

/// <summary>Finds the agent's socket from the environment, the same way on both sides.</summary>
public static class Endpoint
{
    /// <summary>The longest path of a Unix socket in bytes: sun_path has 108 with its NUL.</summary>
    public const int MaxSocketPathBytes = 107;

    /// <summary>The named pipe on Windows.</summary>
    public const string WindowsPipeName = "w0rktree-worker";

    /// <summary>Gives the socket's path: under XDG_RUNTIME_DIR, else /run/user/UID, else the storage folder; hashed into the temporary directory where too long.</summary>
    public static string SocketPath(IReadOnlyDictionary<string, string> environment, uint userId)
    {
        var path = Path.Combine(RuntimeFolder(environment, userId), "worker.sock");
        if (Encoding.UTF8.GetByteCount(path) <= MaxSocketPathBytes)
        {
            return path;
        }

        var digest = ContentHash.OfContent(Encoding.UTF8.GetBytes(path)).ToShortString();
        return Path.Combine(Path.GetTempPath(), $"w0rktree-{userId}-{digest}", "worker.sock");
    }

    /// <summary>Gives the folder of the agent's data: stores, roots, logs.</summary>
    public static string DataFolder(IReadOnlyDictionary<string, string> environment)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Value(environment, "APPDATA") ?? Home(environment), "W0rkTree");
        }

        return OperatingSystem.IsMacOS()
            ? Path.Combine(Home(environment), "Library", "Application Support", "W0rkTree")
            : Path.Combine(Value(environment, "XDG_DATA_HOME") ?? Path.Combine(Home(environment), ".local", "share"), "w0rktree");
    }

    /// <summary>Gives the folder of the user's configuration and credentials.</summary>
    public static string ConfigFolder(IReadOnlyDictionary<string, string> environment) =>
        OperatingSystem.IsWindows()
            ? DataFolder(environment)
            : Path.Combine(Value(environment, "XDG_CONFIG_HOME") ?? Path.Combine(Home(environment), ".config"), "w0rktree");

    /// <summary>Gives the variables of this process; none is looked at before it is asked for.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() => ProcessVariables.Instance;

    private static string RuntimeFolder(IReadOnlyDictionary<string, string> environment, uint userId)
    {
        if (Value(environment, "XDG_RUNTIME_DIR") is { } runtime)
        {
            return Path.Combine(runtime, "w0rktree");
        }

        var perUser = $"/run/user/{userId}";
        return Directory.Exists(perUser) ? Path.Combine(perUser, "w0rktree") : DataFolder(environment);
    }

    private static string Home(IReadOnlyDictionary<string, string> environment) =>
        Value(environment, "HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    // An XDG variable that is empty or relative counts as unset (XDG Base Directory Specification).
    private static string? Value(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.TryGetValue(name, out var value) && Path.IsPathFullyQualified(value) ? value : null;
}
