using System.Reflection.Metadata;

namespace W0rktree.Architecture.Tests.References;

/// <summary>Who may know whom.</summary>
internal static class ReferenceRules
{
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Core"] = [],
        ["Storage"] = ["Core"],
        ["Ipc"] = ["Core"],
        ["Protocol"] = ["Core", "Ipc"],
        ["Grains.Abstractions"] = ["Core"],
        ["Grains"] = ["Core", "Grains.Abstractions"],
        ["LocalAgent"] = ["Core", "Storage", "Ipc", "Protocol"],
        ["Cli"] = ["Core", "Ipc"],
        ["Cli.Quick"] = ["Ipc"],
        ["Silo"] = ["Core", "Storage", "Ipc", "Protocol", "Grains.Abstractions", "Grains"],
        ["Artifacts"] = [],
    };

    // The client side must not even be able to speak Orleans: its gateway is inside the trust boundary.
    private static readonly string[] WithoutOrleans = ["Core", "Storage", "Ipc", "Protocol", "LocalAgent", "Cli", "Cli.Quick", "Artifacts"];

    public static IEnumerable<Violation> Check(IReadOnlyCollection<ProjectFile> projects) =>
        projects.Where(project => project.IsProduct).SelectMany(project =>
            CheckProjects(project)
                .Concat(CheckOrleans(project.Path, project.Name, project.Packages.Where(package => package.StartsWith("Microsoft.Orleans", StringComparison.Ordinal)))));

    /// <summary>The same, of what the compiler really made use of.</summary>
    public static IEnumerable<Violation> CheckAssembly(string room, MetadataReader reader)
    {
        var references = reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name)).ToList();
        var rooms = Product.Assemblies.Where(other => references.Contains(other.Value)).Select(other => other.Key);
        return Unknown(room + ".dll", room, rooms)
            .Concat(CheckOrleans(room + ".dll", room, references.Where(name => name.StartsWith("Orleans", StringComparison.Ordinal) || name.EndsWith("Standins.Orleans", StringComparison.Ordinal))));
    }

    private static IEnumerable<Violation> CheckProjects(ProjectFile project)
    {
        if (!MayKnow.ContainsKey(project.Name))
        {
            return [new Violation(project.Path, "is a room that no rule knows; say in ReferenceRules whom it may know")];
        }

        return Unknown(project.Path, project.Name, project.Projects);
    }

    private static IEnumerable<Violation> Unknown(string place, string room, IEnumerable<string> others) =>
        others.Where(other => other != room && !MayKnow[room].Contains(other)).Select(other => new Violation(place, $"must not know {other}"));

    private static IEnumerable<Violation> CheckOrleans(string place, string room, IEnumerable<string> references) =>
        WithoutOrleans.Contains(room) ? references.Select(reference => new Violation(place, $"must not know Orleans ({reference})")) : [];
}
