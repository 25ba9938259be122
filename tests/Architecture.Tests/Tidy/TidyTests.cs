using W0rktree.TestKit;

namespace W0rktree.Architecture.Tests.Tidy;

/// <summary>Holds every tracked file to the style, and every rule to a fixture that breaks it.</summary>
public sealed class TidyTests
{
    // Folders that are a concept of their own; each says in a README what it is for, its flow and its invariants.
    private static readonly string[] Concepts =
        ["Core", "Storage", "Protocol", "LocalAgent", "Cli", "Grains.Abstractions", "Grains", "Silo", "eng", "tests/Standins.Tests", "tests/Architecture.Tests"];

    [Fact]
    public void Every_file_keeps_the_rules_of_text() => Violation.AssertNone(TrackedFiles.All().SelectMany(TidyRules.All));

    [Fact]
    public void No_file_is_too_long() => Violation.AssertNone(TidyRules.Lengths(TrackedFiles.All(), Exemptions()));

    [Fact]
    public void Only_the_listed_files_catch_every_exception() => Violation.AssertNone(TidyRules.BroadCatches(TrackedFiles.All(), [.. List("broad-catches.txt").Select(line => line.Split(' ')[0])]));

    [Fact]
    public void Every_relative_link_leads_somewhere() => Violation.AssertNone(
        TrackedFiles.All().SelectMany(file => Links.Check(file, path => Path.Exists(Path.Combine(Repository.Root, path)))));

    [Fact]
    public void Every_concept_has_a_readme() => Violation.AssertNone(
        Concepts.Concat(Directory.GetDirectories(Path.Combine(Repository.Root, "eng/standins")).Select(folder => "eng/standins/" + Path.GetFileName(folder)))
            .Where(folder => TrackedFiles.All().Any(file => file.IsCode && file.Path.StartsWith(folder + "/", StringComparison.Ordinal)))
            .Where(folder => !TrackedFiles.Paths().Contains(folder + "/README.md"))
            .Select(folder => new Violation(folder, "has no README.md: purpose, flow, invariants")));

    [Theory]
    [InlineData("Core/Paths/PathHelper.cs", "namespace W0rktree;", "PathHelper.cs")]
    [InlineData("Core/Utils/Text.cs", "namespace W0rktree;", "'Utils'")]
    [InlineData("Core/A.cs", "internal sealed cla" + "ss SyncManager", "SyncManager")]
    [InlineData("tests/Core.Tests/A.cs", "public static cla" + "ss TestUtils", "TestUtils")]
    [InlineData("LocalAgent/A.cs", "public sealed class SyncService(int x)", "SyncService")]
    [InlineData("Silo/A.cs", "public interface ITreeService : IDisposable", "ITreeService")]
    [InlineData("Core/A.cs", "    #region Fields", "no regions")]
    [InlineData("Silo/Rest/A.cs", "using W0rktree.Grains.Branches;", "names grain classes")]
    [InlineData("Silo/Rest/A.cs", "using W0rktree.Storage;", "name the store")]
    [InlineData("Core/A.cs", "#if NET10_0", "#if")]
    [InlineData("Grains/A.cs", "using W0rktree.Standins.Orleans;", "W0rktree.Standins")]
    [InlineData("docs/a.md", "See /wo" + "rk/shared for more", "path of one machine")]
    [InlineData("README.md", "from https://api.nug" + "et.org/v3", "package registry")]
    [InlineData("tests/Core.Tests/A.cs", "[Fact(Skip = \"\")]", "skip without a reason")]
    [InlineData("tests/Core.Tests/A.cs", "[Fact(Skip = \"flaky\")]", "skip without a reason")]
    [InlineData("tests/Core.Tests/A.cs", "await Task.Delay(100);", "wait for an event")]
    [InlineData("tests/Core.Tests/A.cs", "Thread.Sleep(delay);", "wait for an event")]
    public void A_line_against_a_rule_is_reported(string path, string text, string problem) =>
        Assert.Contains(TidyRules.All(new SourceFile(path, $"one\n{text}\n")), violation => violation.ToString().Contains(problem, StringComparison.Ordinal));

    [Theory]
    [InlineData("Silo/A.cs", "public sealed class TreesService(IGrainFactory grains) : Trees.TreesBase")]
    [InlineData("eng/standins/Orleans/ObserverManager.cs", "public cla" + "ss ObserverManager<T>")]
    [InlineData("Grains/A.cs", "private readonly ObserverManager<IWakeObserver> observers;")]
    [InlineData("tests/Core.Tests/A.cs", "[Fact(Skip = \"libsqlite3 is not installed on this machine\")]")]
    [InlineData("tests/Core.Tests/A.cs", "await Task.Delay(wait, clock);")]
    [InlineData("tests/EndToEnd.Tests/A.cs", "while (!await IsListening())\n{\n    await Task.Delay(10);\n}")]
    [InlineData("Silo/Rest/A.cs", "using W0rktree.Grains.Abstractions.Branches;")]
    [InlineData("Silo/Hosting/A.cs", "using W0rktree.Grains.Branches;")]
    [InlineData("Silo/Vault/A.cs", "using W0rktree.Storage.Packs;")]
    [InlineData("docs/a.md", "the home of the network/work/flow of it")]
    public void A_line_within_the_rules_passes(string path, string text) => Assert.Empty(TidyRules.All(new SourceFile(path, text)));

    [Theory]
    [InlineData(401, 0, "one concept too many")]
    [InlineData(420, 410, "one concept too many")]
    [InlineData(601, 700, "600 is the end")]
    [InlineData(400, 410, "needs no exemption")]
    public void A_long_file_is_reported(int lines, int exemption, string problem)
    {
        var file = new SourceFile("Core/A.cs", string.Concat(Enumerable.Repeat("x\n", lines)));
        var exemptions = exemption == 0 ? [] : new Dictionary<string, int> { ["Core/A.cs"] = exemption };

        Assert.Contains(TidyRules.Lengths([file], exemptions), violation => violation.Problem.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_file_with_an_exemption_passes() =>
        Assert.Empty(TidyRules.Lengths([new SourceFile("Core/A.cs", string.Concat(Enumerable.Repeat("x\n", 410)))], new Dictionary<string, int> { ["Core/A.cs"] = 410 }));

    [Fact]
    public void A_broad_catch_is_reported_unless_listed_and_a_listed_one_must_exist()
    {
        var file = new SourceFile("Grains/A.cs", "try { } catch (Exception e) when (e is not OperationCanceledException) { }");
        var swallowing = new SourceFile("Grains/B.cs", "    catch\n    {\n        Stop();\n    }\n    throw;");

        Assert.Single(TidyRules.BroadCatches([file], []));
        Assert.Single(TidyRules.BroadCatches([swallowing], []));
        Assert.Empty(TidyRules.BroadCatches([file], ["Grains/A.cs"]));
        Assert.Single(TidyRules.BroadCatches([], ["Grains/A.cs"]));
    }

    [Theory]
    [InlineData("catch (Exception e) when (e is IOException or JsonException) { }")]
    [InlineData("catch (IOException) { }")]
    [InlineData("    catch\n    {\n        Stop();\n        throw;\n    }")]
    public void A_narrow_catch_or_one_that_passes_on_is_free(string text) => Assert.Empty(TidyRules.BroadCatches([new SourceFile("Grains/A.cs", text)], []));

    [Theory]
    [InlineData("docs/how-to/a.md", "[b](../b.md)", false)]
    [InlineData("docs/how-to/a.md", "[b](../reference/b.md#part)", true)]
    [InlineData("docs/how-to/a.md", "[b](https://example.org/b) and [here](#here)", true)]
    [InlineData("docs/how-to/a.md", "```\n[b](nowhere.md)\n```", true)]
    public void A_link_that_leads_nowhere_is_reported(string path, string text, bool good) =>
        Assert.Equal(good, !Links.Check(new SourceFile(path, text), target => target == "docs/reference/b.md").Any());

    private static Dictionary<string, int> Exemptions() => List("long-files.txt").Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));

    private static IEnumerable<string> List(string name) => File.ReadLines(Path.Combine(Repository.Root, "tests/Architecture.Tests", name))
        .Select(line => line.Trim())
        .Where(line => line.Length > 0 && line[0] != '#');
}
