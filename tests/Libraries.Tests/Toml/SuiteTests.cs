using System.Text;
using System.Text.Json;
using Tomlyn;
using Tomlyn.Model;

namespace W0rktree.Libraries.Tests.Toml;

/// <summary>The published suite toml-test, as far as it is about TOML 1.0.0.</summary>
public sealed class SuiteTests
{
    private const string List = "toml/files-toml-1.0.0";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [ConformanceFact(List)]
    public void Every_valid_document_is_read_as_the_suite_says()
    {
        var failures = new List<string>();
        var documents = Documents("valid");
        Assert.True(documents.Length > 180, $"only {documents.Length} documents");
        foreach (var document in documents)
        {
            try
            {
                using var stream = File.OpenRead(document);
                var table = TomlSerializer.Deserialize<TomlTable>(stream)!;
                using var expected = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(document, ".json")));
                Note(document, TaggedJson.Difference(expected.RootElement, table));

                var again = TomlSerializer.Deserialize<TomlTable>(TomlSerializer.Serialize(table))!;
                Note(document + " written and read again", TaggedJson.Difference(expected.RootElement, again));
            }
            catch (TomlException e)
            {
                Note(document, e.Message);
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));

        void Note(string document, string? difference)
        {
            if (difference is not null)
            {
                failures.Add($"{document}: {difference}");
            }
        }
    }

    [ConformanceFact(List)]
    public void Every_invalid_document_is_refused_at_a_place_within_it()
    {
        var failures = new List<string>();
        var documents = Documents("invalid");
        Assert.True(documents.Length > 350, $"only {documents.Length} documents");
        foreach (var document in documents)
        {
            try
            {
                Strict.Read(StrictUtf8.GetString(File.ReadAllBytes(document)));
#if STANDIN_TOMLYN
                failures.Add($"{document} was read");
#else
                // The real package reads TOML 1.1.0, which allows some of what 1.0.0 forbids.
                if (!IsAllowedInLaterVersion(document))
                {
                    failures.Add($"{document} was read");
                }
#endif
            }
            catch (DecoderFallbackException)
            {
                Assert.Contains("encoding", document, StringComparison.Ordinal);
            }
            catch (TomlException e)
            {
                var lines = File.ReadAllText(document).Split('\n').Length;
                if (e.Line is not int line || e.Column is not int column || line < 1 || line > lines || column < 1)
                {
                    failures.Add($"{document}: the place is {e.Line}, {e.Column}: {e.Message}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

#if !STANDIN_TOMLYN
    private static bool IsAllowedInLaterVersion(string document) =>
        document.Contains("spec-1.1.0", StringComparison.Ordinal)
        || document.Contains("inline-table", StringComparison.Ordinal)
        || document.Contains("no-secs", StringComparison.Ordinal)
        || document.Contains("no-seconds", StringComparison.Ordinal)
        || document.Contains("escape", StringComparison.Ordinal);
#endif

    private static string[] Documents(string kind)
    {
        var list = Conformance.Find(List)!;
        return [.. File.ReadAllLines(list)
            .Where(line => line.StartsWith(kind + "/", StringComparison.Ordinal) && line.EndsWith(".toml", StringComparison.Ordinal))
            .Select(line => Path.Combine(Path.GetDirectoryName(list)!, line))];
    }
}
