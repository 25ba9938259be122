namespace W0rktree.Cli.Demo;

/// <summary>Makes folders that nobody else can look into, where the system knows such modes.</summary>
internal static class PrivateFolder
{
    /// <summary>Makes a folder with mode 0700.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
