using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace W0rktree.Protocol.Ipc;

/// <summary>Shows the environment of this process as a dictionary. A single variable is asked for by itself: a table of all would cost a command more than its answer.</summary>
internal sealed class ProcessVariables : IReadOnlyDictionary<string, string>
{
    private readonly Lazy<Dictionary<string, string>> _all = new(static () =>
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry pair in Environment.GetEnvironmentVariables())
        {
            variables[(string)pair.Key] = (string?)pair.Value ?? "";
        }

        return variables;
    });

    public static ProcessVariables Instance { get; } = new();

    public int Count => _all.Value.Count;

    public IEnumerable<string> Keys => _all.Value.Keys;

    public IEnumerable<string> Values => _all.Value.Values;

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no variable '{key}'.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => (value = Environment.GetEnvironmentVariable(key)) is not null;

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _all.Value.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
