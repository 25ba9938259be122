using System.Globalization;
using System.Text.RegularExpressions;

namespace W0rktree.Architecture.Tests.Tidy;

/// <summary>Rules of style that a line of text can break.</summary>
internal static partial class TidyRules
{
    /// <summary>Most files are under 150 lines; more than this needs an exemption.</summary>
    public const int LongFile = 400;

    /// <summary>No file is longer than this.</summary>
    public const int LongestFile = 600;

    public static IEnumerable<Violation> All(SourceFile file) =>
        [.. Names(file), .. Services(file), .. Regions(file), .. Conditionals(file), .. Places(file), .. Roots(file), .. Skips(file), .. Sleeps(file)];

    /// <summary>Names that say nothing of what a thing does.</summary>
    public static IEnumerable<Violation> Names(SourceFile file) =>
        file.IsStandin || !file.IsCode
            ? []
            : Match(file, EmptyName(), name => $"'{name}' says nothing: name what it does")
                .Concat(file.Path.Split('/').Where(part => EmptyPart().IsMatch(Path.GetFileNameWithoutExtension(part)))
                    .Select(part => new Violation(file.Path, $"'{part}' says nothing: name what it does")));

    /// <summary><c>Service</c> is the word for what gRPC serves, and derives from a generated base.</summary>
    public static IEnumerable<Violation> Services(SourceFile file) =>
        file is { IsCode: true, IsProduct: true } ? Match(file, NotGrpcService(), name => $"'{name}': the suffix Service is for gRPC alone") : [];

    public static IEnumerable<Violation> Regions(SourceFile file) =>
        file.IsCode ? Match(file, Region(), _ => "no regions: cut the file instead") : [];

    /// <summary>The product is written against the real packages and knows nothing of what stands in for them.</summary>
    public static IEnumerable<Violation> Conditionals(SourceFile file) =>
        file is { IsCode: true, IsProduct: true } ? Match(file, Conditional(), found => $"'{found}' in the product: it knows one way only") : [];

    /// <summary>Nothing names a machine or the registry that it happens to use.</summary>
    public static IEnumerable<Violation> Places(SourceFile file) =>
        Match(file, MachinePath(), found => $"'{found}' is a path of one machine")
            .Concat(Match(file, RegistryHost(), found => $"'{found}' is the address of a package registry"));

    /// <summary>Of the silo, only what composes it names grain classes, and only that and the vault names the store. The command that decides cases calls the pure function that stands beside the grains.</summary>
    public static IEnumerable<Violation> Roots(SourceFile file)
    {
        if (!file.IsCode || !file.Path.StartsWith("Silo/", StringComparison.Ordinal) || file.Path is "Silo/Program.cs" or "Silo/Commands/StartCommand.cs" or "Silo/Commands/DebugAccessCommand.cs" || file.Path.StartsWith("Silo/Hosting/", StringComparison.Ordinal))
        {
            return [];
        }

        var stored = file.Path.StartsWith("Silo/Vault/", StringComparison.Ordinal) ? [] : Match(file, StoreName(), _ => "only Silo/Hosting and Silo/Vault name the store");
        return Match(file, GrainsName(), _ => "only Silo/Hosting names grain classes; take them by their interface").Concat(stored);
    }

    public static IEnumerable<Violation> Skips(SourceFile file) =>
        file is { IsCode: true, IsTest: true }
            ? Match(file, Skip(), found => found).Where(violation => Reason().Match(violation.Problem).Groups["reason"].Value.Length < 20)
                .Select(violation => violation with { Problem = "a skip without a reason that a person can act on" })
            : [];

    public static IEnumerable<Violation> Sleeps(SourceFile file) =>
        file is { IsCode: true, IsTest: true } && !file.Path.StartsWith("tests/Architecture.Tests/", StringComparison.Ordinal)
            ? Match(file, Sleep(), found => $"'{found}': wait for an event, not for time").Where(violation => !IsPoll(file, violation))
            : [];

    // Another process sends no events: asking it again and again for a condition is no guess at how long it takes.
    private static bool IsPoll(SourceFile file, Violation violation)
    {
        var line = int.Parse(violation.Place[(violation.Place.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture) - 1;
        return Enumerable.Range(1, 4).Any(above => line >= above && file.Lines[line - above].TrimStart().StartsWith("while (!", StringComparison.Ordinal));
    }

    /// <summary>Lengths, with the list of exemptions, which only shrinks.</summary>
    public static IEnumerable<Violation> Lengths(IEnumerable<SourceFile> files, IReadOnlyDictionary<string, int> exemptions)
    {
        var lengths = files.Where(file => file.IsCode).ToDictionary(file => file.Path, file => file.Lines.Count - (file.Text.EndsWith('\n') ? 1 : 0));
        foreach (var (path, length) in lengths)
        {
            if (length > LongestFile)
            {
                yield return new Violation(path, $"has {length} lines; {LongestFile} is the end");
            }
            else if (length > LongFile && length > exemptions.GetValueOrDefault(path))
            {
                yield return new Violation(path, $"has {length} lines; more than {LongFile} is one concept too many");
            }
        }

        foreach (var path in exemptions.Keys.Where(path => lengths.GetValueOrDefault(path) <= LongFile))
        {
            yield return new Violation(path, "needs no exemption any more: take it from the list");
        }
    }

    /// <summary>Broad catches, with the list of the places that may.</summary>
    public static IEnumerable<Violation> BroadCatches(IEnumerable<SourceFile> files, IReadOnlyCollection<string> allowed)
    {
        var broad = files.Where(file => file is { IsCode: true, IsProduct: true }).ToDictionary(file => file.Path, file => Broad(file).ToList());
        return broad.Where(file => !allowed.Contains(file.Key)).SelectMany(file => file.Value)
            .Concat(allowed.Where(path => broad.GetValueOrDefault(path) is not { Count: > 0 }).Select(path => new Violation(path, "catches nothing broad any more: take it from the list")));
    }

    private static IEnumerable<Violation> Broad(SourceFile file)
    {
        const string Problem = "catches every exception: only a stage loop, the host, Main and the front's outermost middleware may";
        return from match in BroadCatch().Matches(file.Text)
               where !PassesOn(file.Text, match.Groups["indent"])
               select new Violation($"{file.Path}:{1 + file.Text.AsSpan(0, match.Groups["word"].Index).Count('\n')}", Problem);
    }

    // The block ends at the closing brace of the same indentation; one on a single line ends there.
    private static bool PassesOn(string text, Group indent)
    {
        var end = text.IndexOf($"\n{indent.Value}}}", indent.Index, StringComparison.Ordinal);
        return end > 0 && text[indent.Index..end].Contains("throw;", StringComparison.Ordinal);
    }

    private static IEnumerable<Violation> Match(SourceFile file, Regex pattern, Func<string, string> problem)
    {
        for (var i = 0; i < file.Lines.Count; i++)
        {
            foreach (Match match in pattern.Matches(file.Lines[i]))
            {
                yield return new Violation($"{file.Path}:{i + 1}", problem(match.Value));
            }
        }
    }

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\s+\w*(Manager|Helpers?|Utils?|Utility|Utilities|Common)\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex EmptyName();

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities)$|^Common$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex EmptyPart();

    // The base stands in one part of a partial class only.
    [GeneratedRegex(@"(?<!\bpartial )\b(class|record|struct|interface)\s+\w+Service\b(?!.*:\s*[\w.]+Base\b)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotGrpcService();

    [GeneratedRegex(@"^\s*#\s*region\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Region();

    [GeneratedRegex(@"^\s*#\s*(if|elif)\b|\bSTANDIN_\w*|W0rktree\.Standins", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Conditional();

    [GeneratedRegex(@"\bW0rktree\.Grains(;|\.(?!Abstractions\b))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GrainsName();

    [GeneratedRegex(@"\bW0rktree\.Storage\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex StoreName();

    // Written with a class in each so that the rule does not find itself.
    [GeneratedRegex(@"(^|[\s""'=(:])/(wor[k]|roo[t])/[\w.-]+", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex MachinePath();

    [GeneratedRegex("https?://[a-z0-9.-]*(nuge[t]|npmj[s]|debia[n]|jfro[g])[a-z0-9.-]*", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"\bSkip\s*=\s*\$?@?""[^""]*""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Skip();

    [GeneratedRegex("\"(?<reason>[^\"]*)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Reason();

    [GeneratedRegex(@"\bThread\.Sleep\b|\bTask\.Delay\(\s*(\d|TimeSpan\.From\w+\([^)]*\)\s*\))", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Sleep();

    // Without a type, or of every exception; a filter that names types makes it narrow, one that excludes some does not.
    [GeneratedRegex(
        @"^(?<indent>[ ]*).*\b(?<word>catch)\s*(\{|\(\s*(System\.)?Exception\b(?![^)]*\)\s*when\s*\(\s*\w+\s+is\s+(?!not\b)))",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex BroadCatch();
}
