using System.Text.Json;
using System.Text.Json.Serialization;
using W0rktree.Core.Classification;
using W0rktree.Core.TreeDiff;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>Counts what a snapshot changed. Stands beside the snapshot in the store, so that history need not be compared to be listed.</summary>
/// <param name="Classes">Changed paths by class.</param>
/// <param name="Types">Changed paths by type of change.</param>
public sealed record ChangeSummary(IReadOnlyDictionary<string, int> Classes, IReadOnlyDictionary<string, int> Types)
{
    /// <summary>Counts changes.</summary>
    public static ChangeSummary Of(IReadOnlyList<PathChange> changes, ChangeClassifier classifier) => new(
        Count(changes.Select(change => classifier.Classify(change.Path.Bytes).Text)),
        Count(changes.Select(change => change.Type.Text)));

    /// <summary>Reads what the store has.</summary>
    public static ChangeSummary? Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, SummaryJson.Default.ChangeSummary);

    /// <summary>Writes it for the store.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SummaryJson.Default.ChangeSummary);

    /// <summary>Says it in a sentence of counts and classes. Paths may be confidential, so they never stand in it.</summary>
    public string ToMessage()
    {
        var files = Types.Values.Sum();
        var classes = string.Join(", ", Classes.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}"));
        return files == 0 ? "No file changed" : $"{files} {(files == 1 ? "file" : "files")} changed: {classes}";
    }

    private static SortedDictionary<string, int> Count(IEnumerable<string> names)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        return counts;
    }
}

/// <summary>Knows how summaries are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChangeSummary))]
public sealed partial class SummaryJson : JsonSerializerContext;
