using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using W0rktree.Architecture.Tests.Tidy;
using W0rktree.TestKit;

namespace W0rktree.Architecture.Tests.Build;

/// <summary>The build's own files fit together.</summary>
public sealed partial class BuildTests
{
    [Fact]
    public void The_solution_holds_every_project_but_the_standins()
    {
        var listed = InSolution().Matches(File.ReadAllText(Path.Combine(Repository.Root, "W0rktree.sln"))).Select(match => match.Groups["project"].Value.Replace('\\', '/'));
        var present = TrackedFiles.Paths().Where(path => path.EndsWith(".csproj", StringComparison.Ordinal) && !path.StartsWith("eng/", StringComparison.Ordinal));

        Assert.True(listed.Order(StringComparer.Ordinal).SequenceEqual(present.Order(StringComparer.Ordinal)), "W0rktree.sln and the projects differ: run eng/sync-solution");
    }

    [Fact]
    public void Every_package_has_one_exact_version() => Violation.AssertNone(PackageVersions(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props"))));

    [Fact]
    public void No_project_names_a_version_of_its_own() => Violation.AssertNone(
        from file in TrackedFiles.All()
        where file.Path.EndsWith(".csproj", StringComparison.Ordinal) && !file.Path.StartsWith("eng/feed/", StringComparison.Ordinal)
        from reference in XDocument.Parse(file.Text).Descendants("PackageReference")
        where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
        select new Violation(file.Path, $"{reference.Attribute("Include")?.Value}: versions stand in Directory.Packages.props"));

    [Fact]
    public void Every_replaceable_package_has_a_version_and_a_standin()
    {
        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(item => item.Attribute("Include")!.Value).ToHashSet();
        var packages = XDocument.Load(Path.Combine(Repository.Root, "eng/standins/packages.props")).Descendants("StandinPackage").ToList();

        Assert.NotEmpty(packages);
        Assert.All(packages, package =>
        {
            var standin = package.Attribute("Standin")!.Value;
            Assert.Contains(package.Attribute("Include")!.Value, versions);
            Assert.Contains($"eng/standins/{standin}/{standin}.csproj", TrackedFiles.Paths());
        });
    }

    [Fact]
    public void The_three_programs_agree_on_every_package() => Violation.AssertNone(
        Disagreements(new[] { "Cli", "LocalAgent", "Silo" }.ToDictionary(room => room, room => Resolved(Path.Combine(Repository.Root, room, "obj/project.assets.json")))));

    [Fact]
    public void Programs_that_disagree_on_a_package_are_reported() => Assert.Single(Disagreements(new Dictionary<string, Dictionary<string, string>>
    {
        ["A"] = new Dictionary<string, string> { ["P"] = "1.0.0", ["Q"] = "1.0.0" },
        ["B"] = new Dictionary<string, string> { ["P"] = "1.0.1", ["Q"] = "1.0.0" },
    }));

    [Theory]
    [InlineData("""<PackageVersion Include="A" Version="1.*" />""")]
    [InlineData("""<PackageVersion Include="A" Version="[1.0,2.0)" />""")]
    [InlineData("""<PackageVersion Include="A" Version="1.0.0" /><PackageVersion Include="a" Version="1.0.1" />""")]
    public void A_version_that_is_not_exact_is_reported(string items) => Assert.Single(PackageVersions($"<Project><ItemGroup>{items}</ItemGroup></Project>"));

    private static IEnumerable<Violation> PackageVersions(string xml)
    {
        var packages = XDocument.Parse(xml).Descendants("PackageVersion").Select(item => (Name: item.Attribute("Include")!.Value, Version: item.Attribute("Version")!.Value)).ToList();
        return packages.Where(package => !ExactVersion().IsMatch(package.Version)).Select(package => new Violation(package.Name, $"{package.Version} is not exact: floating versions drift"))
            .Concat(packages.GroupBy(package => package.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => new Violation(group.Key, "has several versions")));
    }

    // The programs are published into one folder: of two versions of a file only the last would be there.
    private static IEnumerable<Violation> Disagreements(IReadOnlyDictionary<string, Dictionary<string, string>> programs) =>
        from package in programs.SelectMany(program => program.Value.Select(package => (package.Key, package.Value, Program: program.Key))).GroupBy(use => use.Key)
        where package.Select(use => use.Value).Distinct().Count() > 1
        select new Violation(package.Key, string.Join(", ", package.Select(use => $"{use.Program} takes {use.Value}")));

    private static Dictionary<string, string> Resolved(string assets)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(assets));
        var found = new Dictionary<string, string>();
        foreach (var target in document.RootElement.GetProperty("targets").EnumerateObject())
        {
            foreach (var library in target.Value.EnumerateObject())
            {
                // Only what brings files along ends in the folder.
                if (library.Value.GetProperty("type").GetString() == "package" && library.Value.TryGetProperty("runtime", out _))
                {
                    var parts = library.Name.Split('/');
                    found[parts[0]] = parts[1];
                }
            }
        }

        return found;
    }

    [GeneratedRegex("\"(?<project>[^\"]+\\.csproj)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex InSolution();

    [GeneratedRegex(@"^(\$\(\w+\)|\d+(\.\d+){1,3}(-[\w.]+)?)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ExactVersion();
}
