using System.Globalization;
using Tomlyn.Model;
using W0rktree.Core.Classification;

namespace W0rktree.LocalAgent.Configuration;

/// <summary>
/// Lays layers over one another, the later over the earlier, and the environment over all. A value that is wrong keeps the
/// last good one that stood in its place.
/// </summary>
internal sealed class SettingsMerge(Settings before)
{
    private readonly Dictionary<string, ConfigValue> _values = new(StringComparer.Ordinal);
    private readonly List<ConfigProblem> _problems = [];
    private readonly List<ConfigValue> _others = [];
    private readonly List<ChangeClassRule> _classes = [];

    public static Settings Merge(IEnumerable<ConfigLayer> layers, IReadOnlyDictionary<string, string> environment, Settings before)
    {
        var merge = new SettingsMerge(before);
        foreach (var layer in layers)
        {
            if (layer.Broken is { } broken)
            {
                merge._problems.Add(broken);
            }

            foreach (var value in layer.Values)
            {
                merge.Take(value, layer.IsTrusted);
            }
        }

        foreach (var key in SettingKeys.All.Values)
        {
            if (environment.TryGetValue(key.Variable, out var text))
            {
                merge.TakeVariable(key, text);
            }
        }

        var rules = ChangeClassifier.Create(merge._classes);
        return new Settings(merge._values, merge._problems, merge._others) { Classifier = rules.IsOk ? rules.Value : ChangeClassifier.Default };
    }

    /// <summary>Reads a value as a user types it; the error says why it cannot be one.</summary>
    public static (object? Value, string? Why) Read(SettingKey key, string text)
    {
        object? value = key.Type switch
        {
            SettingType.Text => text,
            SettingType.List => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            SettingType.Switch => text switch { "true" or "1" => true, "false" or "0" => false, _ => null },
            _ => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
        return value is null ? (null, key.Type == SettingType.Switch ? "must be true or false" : "must be a whole number") : (value, Why(key, value));
    }

    private void Take(ConfigValue found, bool trusted)
    {
        if (found.Name.StartsWith("classes.", StringComparison.Ordinal))
        {
            TakeClass(found);
        }
        else if (SettingKeys.IsOpenTable(found.Name))
        {
            _others.Add(found);
        }
        else if (!trusted && SettingKeys.IsTrustedOnly(found.Name))
        {
            Problem(found, "untrusted_key", $"'{found.Name}' counts only in the user's or the system's configuration, not in one that came with a worktree");
        }
        else if (!SettingKeys.All.TryGetValue(found.Name, out var key))
        {
            _others.Add(found);
            Problem(found, "unknown_key", $"'{found.Name}' is no setting of this version; it is kept and has no effect");
        }
        else if (Why(key, found.Value) is { } why)
        {
            Problem(found, "wrong_value", $"'{found.Name}' {why}; the value before it stays in force");
            KeepBefore(key, found.Source);
        }
        else
        {
            _values[key.Name] = found with { Value = found.Value is TomlArray list ? list.Cast<string>().ToArray() : found.Value };
            if (key.IsReserved)
            {
                Problem(found, "no_effect", NoEffect(key));
            }
        }
    }

    private void TakeClass(ConfigValue found)
    {
        _others.Add(found);
        var name = found.Name["classes.".Length..];
        if (!ChangeClasses.TryParse(name, out var changeClass))
        {
            Problem(found, "wrong_value", $"'{name}' is no class; there are {string.Join(", ", Enum.GetValues<ChangeClass>().Select(known => known.Text))}");
        }
        else if (found.Value is not TomlArray list || !list.All(item => item is string))
        {
            Problem(found, "wrong_value", $"'{found.Name}' must be a list of patterns");
        }
        else
        {
            var rules = list.Cast<string>().Select(pattern => new ChangeClassRule(pattern, changeClass)).ToList();
            if (ChangeClassifier.Create(rules) is { IsOk: false, Error: var error })
            {
                Problem(found, "wrong_value", error.Message);
            }
            else
            {
                _classes.AddRange(rules);
            }
        }
    }

    private void TakeVariable(SettingKey key, string text)
    {
        var (value, why) = Read(key, text);
        if (why is null)
        {
            _values[key.Name] = new ConfigValue(key.Name, value!, key.Variable, 0, 0);
            if (key.IsReserved)
            {
                _problems.Add(new ConfigProblem("no_effect", key.Variable, 0, 0, NoEffect(key)));
            }
        }
        else
        {
            _problems.Add(new ConfigProblem("wrong_value", key.Variable, 0, 0, $"'{key.Name}' {why}; the value before it stays in force"));
        }
    }

    /// <summary>What the same file said before it was edited is better than what stands below it: the edit will be mended soon.</summary>
    private void KeepBefore(SettingKey key, string source)
    {
        if (before.OriginOf(key.Name) is { } last && last.Source == source)
        {
            _values[key.Name] = last;
        }
    }

    private static string? Why(SettingKey key, object value) => (key.Type, value) switch
    {
        (SettingType.Text, string text) when key.Words.Count > 0 && !key.Words.Contains(text) => $"must be one of {string.Join(", ", key.Words)}",
        (SettingType.Text, string) or (SettingType.Switch, bool) => null,
        (SettingType.List, string[] words) => WhyWords(key, words),
        (SettingType.List, TomlArray list) when list.All(item => item is string) => WhyWords(key, list.Cast<string>()),
        (SettingType.List, _) => "must be a list of strings",
        (SettingType.Number, long number) when number >= key.Min && number <= key.Max => null,
        (SettingType.Number, long) => $"must be between {key.Min} and {key.Max}",
        (SettingType.Text, _) => "must be a string",
        (SettingType.Switch, _) => "must be true or false",
        _ => "must be a whole number",
    };

    private static string? WhyWords(SettingKey key, IEnumerable<string> words) =>
        key.Words.Count > 0 && words.FirstOrDefault(word => !key.Words.Contains(word)) is { } unknown ? $"knows no '{unknown}'; there are {string.Join(", ", key.Words)}" : null;

    private static string NoEffect(SettingKey key) => $"'{key.Name}' is known, and nothing in this version goes by it";

    private void Problem(ConfigValue value, string code, string message) => _problems.Add(new ConfigProblem(code, value.Source, value.Line, value.Column, message));
}
