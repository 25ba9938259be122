namespace W0rktree.LocalAgent.Configuration;

/// <summary>Follows one configuration file. While it is broken the last good values stay, beside the problem.</summary>
internal sealed class ConfigFile(string path, bool isTrusted)
{
    /// <summary>More than any hand-written file has; a clone cannot make the agent read gigabytes.</summary>
    private const long MaxBytes = 1024 * 1024;

    private (DateTime Written, long Length)? _seen;

    /// <summary>Gets what the file says, as of the last look.</summary>
    public ConfigLayer Layer { get; private set; } = ConfigLayer.Empty(path, isTrusted);

    /// <summary>Looks whether the file changed. Gives whether the layer did.</summary>
    public bool Reload()
    {
        var file = new FileInfo(path);
        (DateTime, long)? now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
        if (now == _seen)
        {
            return false;
        }

        _seen = now;
        var read = now is null ? ConfigLayer.Empty(path, isTrusted) : Read(file);
        Layer = read.Broken is null ? read : Layer with { Broken = read.Broken };
        return true;
    }

    private ConfigLayer Read(FileInfo file)
    {
        if (file.Length > MaxBytes)
        {
            return Failed($"it is larger than {MaxBytes / 1024} KiB");
        }

        try
        {
            return ConfigLayer.Parse(path, isTrusted, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _seen = null;
            return Failed(e.Message);
        }
    }

    private ConfigLayer Failed(string why) => ConfigLayer.Empty(path, isTrusted) with { Broken = new ConfigProblem("broken_configuration", path, 1, 1, why) };
}
