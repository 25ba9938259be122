using W0rktree.Architecture.Tests.Tidy;
using W0rktree.TestKit;

namespace W0rktree.Architecture.Tests.References;

/// <summary>Who knows whom: as the projects say, as the assemblies say, and as somebody reviewed it.</summary>
public sealed class ReferenceTests
{
    private const string GoldenPath = "tests/Architecture.Tests/references.golden.txt";

    public static TheoryData<string> Rooms => [.. Product.Assemblies.Keys];

    [Fact]
    public void Projects_name_only_whom_they_may_know() => Violation.AssertNone(ReferenceRules.Check(Projects()));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Assemblies_use_only_whom_they_may_know(string room) =>
        Violation.AssertNone(Product.Read(room, reader => ReferenceRules.CheckAssembly(room, reader).ToList()));

    [Fact]
    public void The_references_are_those_that_were_reviewed()
    {
        var actual = string.Concat(Projects().Where(project => !project.Path.StartsWith("tests/", StringComparison.Ordinal)).OrderBy(project => project.Path, StringComparer.Ordinal).Select(Describe));

        Assert.True(
            Golden.Expect(GoldenPath, actual) == actual,
            $"The references of a project changed. If that is meant, write {GoldenPath} anew and commit it:\n"
            + $"WT_UPDATE_GOLDENS=1 ./test.sh Architecture\nThe references are now:\n{actual}");
    }

    [Theory]
    [InlineData("Core/Core.csproj", """<ProjectReference Include="../Storage/Storage.csproj" />""", "must not know Storage")]
    [InlineData("Cli/Cli.csproj", """<ProjectReference Include="..\Grains\Grains.csproj" />""", "must not know Grains")]
    [InlineData("LocalAgent/LocalAgent.csproj", """<PackageReference Include="Microsoft.Orleans.Client" />""", "must not know Orleans")]
    [InlineData("Silo/Silo.csproj", """<ProjectReference Include="../LocalAgent/LocalAgent.csproj" />""", "must not know LocalAgent")]
    [InlineData("Shed/Shed.csproj", "", "no rule knows")]
    public void A_wrong_reference_is_reported(string path, string item, string problem)
    {
        var project = ProjectFile.Parse(path, $"<Project><ItemGroup>{item}</ItemGroup></Project>");

        Assert.Contains(ReferenceRules.Check([project]), violation => violation.Problem.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Cli", "public class C : Grain;", "must not know Orleans")]
    [InlineData("Storage", "public class C { public object P => typeof(W0rktree.Protocol.Ipc.RequestFrame); }", "must not know Ipc")]
    public void A_wrong_use_is_reported(string room, string source, string problem)
    {
        Assert.Contains(
            Fixture.Read(source, reader => ReferenceRules.CheckAssembly(room, reader).ToList()),
            violation => violation.Problem.Contains(problem, StringComparison.Ordinal));
    }

    private static List<ProjectFile> Projects() =>
        [.. TrackedFiles.All().Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal) && !file.Path.StartsWith("eng/feed/", StringComparison.Ordinal)).Select(file => ProjectFile.Parse(file.Path, file.Text))];

    private static string Describe(ProjectFile project) =>
        $"{project.Path}\n{string.Concat(project.Projects.Select(name => $"  project {name}\n"))}{string.Concat(project.Packages.Select(name => $"  package {name}\n"))}";
}
