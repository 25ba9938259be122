namespace W0rktree.LocalAgent.Configuration;

/// <summary>Lays layers over one another, the later over the earlier, and the environment over all.</summary>
internal static class SettingsMerge
{
    public static Settings Merge(IEnumerable<ConfigLayer> layers, IReadOnlyDictionary<string, string> environment)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        var problems = new List<ConfigProblem>();
        foreach (var layer in layers)
        {
            if (layer.Broken is { } broken)
            {
                problems.Add(broken);
            }

            foreach (var value in layer.Values)
            {
                Take(value, layer.IsTrusted, values, problems);
            }
        }

        foreach (var key in SettingKeys.All.Values)
        {
            if (environment.TryGetValue(key.Variable, out var text))
            {
                TakeVariable(key, text, values, problems);
            }
        }

        return new Settings(values, problems);
    }

    private static void Take(ConfigValue found, bool trusted, Dictionary<string, object> values, List<ConfigProblem> problems)
    {
        if (!trusted && SettingKeys.IsTrustedOnly(found.Name))
        {
            problems.Add(Problem(found, "untrusted_key", $"'{found.Name}' counts only in the user's or the system's configuration, not in one that came with a worktree"));
        }
        else if (!SettingKeys.All.TryGetValue(found.Name, out var key))
        {
            problems.Add(Problem(found, "unknown_key", $"'{found.Name}' is no setting of this version; it is kept and has no effect"));
        }
        else if (Why(key, found.Value) is { } why)
        {
            problems.Add(Problem(found, "wrong_value", $"'{found.Name}' {why}; the value before it stays in force"));
        }
        else
        {
            values[key.Name] = found.Value;
        }
    }

    private static void TakeVariable(SettingKey key, string text, Dictionary<string, object> values, List<ConfigProblem> problems)
    {
        object? value = key.Type switch
        {
            SettingType.Text => text,
            SettingType.Switch => text switch { "true" or "1" => true, "false" or "0" => false, _ => null },
            _ => long.TryParse(text, out var number) ? number : null,
        };
        var why = value is null ? $"cannot be '{text}'" : Why(key, value);
        if (why is null)
        {
            values[key.Name] = value!;
        }
        else
        {
            problems.Add(new ConfigProblem("wrong_value", key.Variable, 0, 0, $"'{key.Name}' {why}; the value before it stays in force"));
        }
    }

    private static string? Why(SettingKey key, object value) => (key.Type, value) switch
    {
        (SettingType.Text, string) or (SettingType.Switch, bool) => null,
        (SettingType.Number, long number) when number >= key.Min && number <= key.Max => null,
        (SettingType.Number, long) => $"must be between {key.Min} and {key.Max}",
        (SettingType.Text, _) => "must be a string",
        (SettingType.Switch, _) => "must be true or false",
        _ => "must be a whole number",
    };

    private static ConfigProblem Problem(ConfigValue value, string code, string message) => new(code, value.Source, value.Line, value.Column, message);
}
