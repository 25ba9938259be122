using W0rktree.Core;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Configuration;

/// <summary>Answers <c>wt config</c>: shows what is in force and where it stands, and writes one key of one file.</summary>
internal sealed class ConfigEdit(ConfigStack config)
{
    // Readable by all in a worktree, as any file that is shared; the user's own is nobody else's business.
    private const int SharedMode = 0x1A4;
    private const int PrivateMode = 0x180;

    /// <summary>Describes settings.</summary>
    public Result<ConfigShowResult> Show(string? key)
    {
        config.Reload();
        var settings = config.Current;
        var entries = SettingKeys.Ordered.Select(known => Describe(known, settings))
            .Concat(settings.Others.Select(other => new ConfigEntryInfo { Key = other.Name, Value = Text(other.Value), Type = "unknown", Level = LevelOf(other.Source), Source = other.Source, Line = other.Line }))
            .Where(entry => key is null || entry.Key == key).ToList();
        return key is not null && entries.Count == 0
            ? Unknown(key)
            : new ConfigShowResult(entries, [.. settings.Problems.Select(Ipc.Describe.Warning)], [.. config.Sources.Select(source => new ConfigFileInfo(source.Level, source.Path, File.Exists(source.Path)))]);
    }

    /// <summary>Sets or removes a key; what is in force changes before this returns.</summary>
    public async Task<Result<ConfigSetResult>> SetAsync(ConfigSetParams set, CancellationToken cancellationToken)
    {
        if (config.Sources.FirstOrDefault(source => source.Level == set.Level) is not { } level)
        {
            return set.Level is "worktree" or "tree"
                ? new Error(ErrorCodes.NotAWorktree, "There is no worktree here whose configuration could be set.", "Leave the level out to set the user's.")
                : new Error(ErrorCodes.InvalidArgument, $"'{set.Level}' is no level.", "The levels are system, user, worktree and tree.");
        }

        if (SettingKeys.All.GetValueOrDefault(set.Key) is not { } key)
        {
            return Unknown(set.Key);
        }

        if (!level.IsTrusted && SettingKeys.IsTrustedOnly(key.Name))
        {
            return new Error("untrusted_key", $"'{key.Name}' counts only in the user's or the system's configuration, not in a file that others get.", $"wt config set {key.Name} VALUE");
        }

        var (value, why) = set.Value is { } text ? SettingsMerge.Read(key, text) : (null, null);
        if (why is not null)
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{key.Name}' {why}.");
        }

        config.Reload();
        var before = Text(config.Current.Value(key.Name));
        var written = await WriteAsync(level, key.Name, value, cancellationToken);
        if (!written.IsOk)
        {
            return written.Error;
        }

        config.Reload();
        var entry = Describe(key, config.Current);
        return new ConfigSetResult(key.Name, level.Path, before, entry.Value, entry.Source ?? "default");
    }

    private static async Task<Result<string>> WriteAsync(ConfigSource level, string key, object? value, CancellationToken cancellationToken)
    {
        // A file that came with a clone may be a link to anywhere; the user's own may be one into their collection of such files.
        var path = level.Path;
        if (new FileInfo(path).LinkTarget is not null)
        {
            if (!level.IsTrusted)
            {
                return new Error("refused", $"'{path}' is a symbolic link; what it leads to is not written to.", "Replace it by a file.");
            }

            path = File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        }

        var text = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : "";
        var edited = value is null ? TomlEdit.Remove(level.Path, text, key) : TomlEdit.Set(level.Path, text, key, value);
        if (edited.IsOk && edited.Value != text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await AtomicFile.WriteAsync(path, System.Text.Encoding.UTF8.GetBytes(edited.Value), level.IsTrusted ? PrivateMode : SharedMode, cancellationToken);
        }

        return edited;
    }

    private ConfigEntryInfo Describe(SettingKey key, Settings settings)
    {
        var origin = settings.OriginOf(key.Name);
        return new ConfigEntryInfo
        {
            Key = key.Name,
            Value = Text(settings.Value(key.Name)),
            Type = key.Type.ToString().ToLowerInvariant(),
            DefaultValue = Text(key.Default),
            Level = origin is null ? "default" : LevelOf(origin.Source),
            Source = origin?.Source,
            Line = origin?.Line ?? 0,
            About = key.About,
        };
    }

    private string LevelOf(string source) => config.Sources.FirstOrDefault(known => known.Path == source)?.Level ?? "environment";

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        IEnumerable<string> list => string.Join(',', list),
        _ => TomlEdit.Format(value),
    };

    private static Error Unknown(string key)
    {
        var near = SettingKeys.Ordered.Select(known => known.Name).MinBy(name => Distance(name, key))!;
        return new Error("unknown_key", $"'{key}' is no setting of this version.", Distance(near, key) <= Math.Max(3, key.Length / 3) ? $"Did you mean {near}?" : "'wt config show' lists them.");
    }

    /// <summary>Levenshtein's distance: how many letters differ.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }
}
