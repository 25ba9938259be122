namespace W0rktree.Standins.Tests.Metadata;

/// <summary>
/// The reviewed list of types whose real assembly the registry lacks, each under the assembly that it belongs to and
/// the place of its documentation.
/// </summary>
internal sealed class UndownloadableList
{
    private readonly Dictionary<string, string> assemblies = [];

    /// <summary>Every listed type with its assembly.</summary>
    public IReadOnlyDictionary<string, string> Types => assemblies;

    /// <summary>Reads <c>[Assembly] address</c> headings, each followed by full type names; <c>#</c> begins a comment.</summary>
    public static UndownloadableList Parse(string text)
    {
        var list = new UndownloadableList();
        string? assembly = null;
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith('['))
            {
                var end = line.IndexOf(']', StringComparison.Ordinal);
                if (end < 0 || !Uri.IsWellFormedUriString(line[(end + 1)..].Trim(), UriKind.Absolute))
                {
                    throw new FormatException($"A heading is `[Assembly] address of its documentation`: {line}");
                }

                assembly = line[1..end];
            }
            else if (!list.assemblies.TryAdd(line, assembly ?? throw new FormatException($"No heading before {line}")))
            {
                throw new FormatException($"Listed twice: {line}");
            }
        }

        return list;
    }
}
