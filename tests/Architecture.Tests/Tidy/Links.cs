using System.Text.RegularExpressions;

namespace W0rktree.Architecture.Tests.Tidy;

/// <summary>Links between documents.</summary>
internal static partial class Links
{
    /// <summary>Every relative link of a page leads to a file or folder of the checkout.</summary>
    public static IEnumerable<Violation> Check(SourceFile page, Func<string, bool> exists)
    {
        if (!page.Path.EndsWith(".md", StringComparison.Ordinal))
        {
            yield break;
        }

        var fenced = false;
        for (var i = 0; i < page.Lines.Count; i++)
        {
            fenced ^= page.Lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal);
            foreach (Match match in Link().Matches(fenced ? "" : page.Lines[i]))
            {
                var target = match.Groups["target"].Value.Split('#')[0];
                if (target.Length > 0 && !target.Contains(':', StringComparison.Ordinal) && !exists(Resolve(page.Path, target)))
                {
                    yield return new Violation($"{page.Path}:{i + 1}", $"the link leads nowhere: {target}");
                }
            }
        }
    }

    // Resolved in text: the page may not exist on this disk, as in fixtures.
    private static string Resolve(string page, string target)
    {
        var parts = new Stack<string>(target.StartsWith('/') ? [] : page.Split('/')[..^1]);
        foreach (var part in target.TrimEnd('/').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                parts.TryPop(out _);
            }
            else if (part != ".")
            {
                parts.Push(part);
            }
        }

        return string.Join('/', parts.Reverse());
    }

    [GeneratedRegex(@"\]\(\s*<?(?<target>[^)\s>]+)>?[^)]*\)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}
