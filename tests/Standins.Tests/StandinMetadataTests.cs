using W0rktree.Standins.Tests.Metadata;

namespace W0rktree.Standins.Tests;

/// <summary>Each stand-in shows nothing that the package it stands for does not have, with the same signature.</summary>
public sealed class StandinMetadataTests
{
    private static readonly Lazy<IReadOnlyList<ApiAssembly>> Real = new(ReferenceAssemblies.Read);
    private static readonly Lazy<UndownloadableList> List = new(() => UndownloadableList.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "undownloadable.txt"))));

    [StandinFact(
        "Orleans",
        "Microsoft.Orleans.Core.Abstractions",
        "Microsoft.Orleans.Persistence.AdoNet",
        "Microsoft.Orleans.Clustering.AdoNet",
        "Microsoft.Orleans.Reminders.AdoNet",
        "Microsoft.Orleans.TestingHost")]
    public void Orleans_shows_only_what_Orleans_has() => Hold("Orleans");

    [StandinFact("Grpc", "Grpc.AspNetCore.Server", "Grpc.Net.Client")]
    public void Grpc_shows_only_what_Grpc_has() => Hold("Grpc");

    [StandinFact("Blake3")]
    public void Blake3_shows_only_what_is_listed() => Hold("Blake3");

    [StandinFact("Tomlyn")]
    public void Tomlyn_shows_only_what_is_listed() => Hold("Tomlyn");

    [StandinFact("ZstdSharp")]
    public void ZstdSharp_shows_only_what_is_listed() => Hold("ZstdSharp");

    [StandinFact("OpenTelemetry")]
    public void OpenTelemetry_shows_only_what_is_listed() => Hold("OpenTelemetry");

    [Fact]
    public void The_list_of_unreadable_types_names_no_type_that_no_standin_has()
    {
        var shown = StandinAssemblies.All.SelectMany(path => ApiReader.Read(path).Types.Keys).ToHashSet();
        // Where the registry has a package there is no stand-in to compare the list with.
        var inUse = List.Value.Types.Where(entry => !Owner(entry.Value).Any(standin => !StandinAssemblies.InUse(standin)));

        Assert.All(inUse, entry => Assert.Contains(entry.Key, shown));
    }

    [StandinFact("Orleans", "Microsoft.Orleans.Core.Abstractions", "Microsoft.Orleans.TestingHost")]
    public void Only_the_reviewed_interfaces_of_Orleans_are_shown_in_part() => HoldInterfaces("Orleans");

    [StandinFact("Grpc", "Grpc.AspNetCore.Server", "Grpc.Net.Client")]
    public void Only_the_reviewed_interfaces_of_Grpc_are_shown_in_part() => HoldInterfaces("Grpc");

    private static void HoldInterfaces(string standin)
    {
        var reviewed = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "partial-interfaces.txt")).Where(line => line.Length > 0 && line[0] != '#').ToHashSet();
        var comparison = new StandinComparison(Real.Value, [], List.Value);

        var partial = comparison.PartialInterfaces(ApiReader.Read(StandinAssemblies.PathOf(standin))).Where(finding => !reviewed.Contains(finding.Subject)).ToList();

        Assert.True(partial.Count == 0, $"Implemented by the product, these would not compile against the real package:\n{string.Join('\n', partial)}");
    }

    private static void Hold(string standin)
    {
        var comparison = new StandinComparison(Real.Value, ReferenceAssemblies.ReadUses(), List.Value);

        var findings = comparison.Compare(ApiReader.Read(StandinAssemblies.PathOf(standin)));

        Assert.True(findings.Count == 0, $"{findings.Count} differences between the stand-in {standin} and the real thing:\n{string.Join('\n', findings)}");
    }

    private static IEnumerable<string> Owner(string assembly) => assembly.Split('.')[0] switch
    {
        "Orleans" => ["Orleans"],
        "Grpc" => ["Grpc"],
        "Blake3" => ["Blake3"],
        "Tomlyn" => ["Tomlyn"],
        "ZstdSharp" => ["ZstdSharp"],
        "OpenTelemetry" => ["OpenTelemetry"],
        _ => [],
    };
}
