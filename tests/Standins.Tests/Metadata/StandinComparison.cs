namespace W0rktree.Standins.Tests.Metadata;

/// <summary>Something of a stand-in that the real package would not accept.</summary>
internal sealed record Finding(string Subject, string Problem)
{
    public override string ToString() => $"{Subject}: {Problem}";
}

/// <summary>
/// Holds a stand-in against the real assemblies: what it shows must be there, with the same signature. It may show
/// less; that a caller misses something is found by the compiler.
/// </summary>
internal sealed class StandinComparison(IReadOnlyList<ApiAssembly> real, IReadOnlyList<ApiUse> uses, UndownloadableList undownloadable)
{
    private readonly Dictionary<string, ApiType> realTypes = real.SelectMany(a => a.Types.Values)
        .GroupBy(type => type.FullName)
        .ToDictionary(group => group.Key, Merge);

    private readonly ILookup<string, ApiUse> usesOfType = uses.ToLookup(use => use.Type);

    public IReadOnlyList<Finding> Compare(ApiAssembly standin) =>
        [.. standin.Types.Values.Where(type => !IsExempt(type)).SelectMany(CompareType).Order(Comparer<Finding>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString())))];

    /// <summary>
    /// Interfaces of which the stand-in shows a part. To call through a part is fine; a class that implements the part
    /// would not implement the whole.
    /// </summary>
    public IReadOnlyList<Finding> PartialInterfaces(ApiAssembly standin) =>
        [.. from ours in standin.Types.Values
            where ours.Kind == "interface" && !IsExempt(ours) && realTypes.ContainsKey(ours.FullName)
            let shown = ours.Members.Select(member => member.Key).ToHashSet()
            let missing = realTypes[ours.FullName].Members.Where(member => member.Facts.GetValueOrDefault("abstract") == "True" && !shown.Contains(member.Key)).ToList()
            where missing.Count > 0
            orderby ours.FullName
            select new Finding(ours.FullName, $"lacks {string.Join(" and ", missing.Select(member => member.Key))}")];

    // What a stand-in adds for tests of its own stands under a name that no package has.
    private static bool IsExempt(ApiType type) =>
        type.Namespace == "W0rktree.Standins" || type.Namespace.StartsWith("W0rktree.Standins.", StringComparison.Ordinal);

    // Two assemblies may each have a class of one name (extension methods, mostly); callers see both.
    private static ApiType Merge(IEnumerable<ApiType> sameName) =>
        sameName.Aggregate((a, b) => a with { Assembly = $"{a.Assembly} and {b.Assembly}", Members = [.. a.Members, .. b.Members] });

    private IEnumerable<Finding> CompareType(ApiType ours)
    {
        if (realTypes.TryGetValue(ours.FullName, out var theirs))
        {
            return CompareFacts(ours.FullName, ours.Facts, theirs.Facts, theirs.Assembly)
                .Concat(CompareParents(ours, theirs))
                .Concat(ours.Members.SelectMany(member => CompareMember(ours, member, theirs)));
        }

        return undownloadable.Types.TryGetValue(ours.FullName, out var assembly)
            ? CompareUses(ours, assembly)
            : [new Finding(ours.FullName, "is in no real assembly that could be read, and is not listed in undownloadable.txt")];
    }

    private static IEnumerable<Finding> CompareFacts(
        string subject, IReadOnlyDictionary<string, string> ours, IReadOnlyDictionary<string, string> theirs, string assembly) =>
        from fact in ours
        where theirs.GetValueOrDefault(fact.Key) != fact.Value
        select new Finding(subject, $"{fact.Key} is «{fact.Value}», in {assembly} it is «{theirs.GetValueOrDefault(fact.Key)}»");

    private IEnumerable<Finding> CompareParents(ApiType ours, ApiType theirs)
    {
        var bases = BaseChain(theirs).ToList();
        if (ours.BaseType is not ("" or "System.Object") && !bases.Contains(ours.BaseType))
        {
            yield return new Finding(ours.FullName, $"derives from {ours.BaseType}, in {theirs.Assembly} from {string.Join(", ", bases)}");
        }

        var interfaces = AllInterfaces(theirs);
        foreach (var missing in ours.Interfaces.Where(i => !interfaces.Contains(i)))
        {
            yield return new Finding(ours.FullName, $"implements {missing}, in {theirs.Assembly} it does not");
        }
    }

    private IEnumerable<Finding> CompareMember(ApiType ours, ApiMember member, ApiType theirs)
    {
        var subject = $"{ours.FullName}, {member.Key}";
        // Constructors are not inherited.
        foreach (var type in member.Name == ".ctor" ? [theirs] : SelfAndBases(theirs))
        {
            if (type.Members.FirstOrDefault(candidate => candidate.Key == member.Key) is { } same)
            {
                return CompareFacts(subject, member.Facts, same.Facts, type.Assembly);
            }
        }

        // An override fills a slot of a base class, which is held to the real one by itself.
        if (member.IsOverride)
        {
            return [];
        }

        var near = SelfAndBases(theirs).SelectMany(type => type.Members).Where(candidate => candidate.Name == member.Name).Select(candidate => candidate.Key).ToList();
        var hint = near.Count == 0 ? "" : $"; it has {string.Join(" and ", near)}";
        return [new Finding(subject, $"does not exist in {theirs.Assembly}{hint}")];
    }

    /// <summary>For a type whose assembly cannot be read: what the assemblies that can be read expect of it.</summary>
    private IEnumerable<Finding> CompareUses(ApiType ours, string assembly)
    {
        foreach (var use in usesOfType[ours.FullName].DistinctBy(use => (use.Assembly, use.Key)))
        {
            if (use.Assembly != assembly)
            {
                yield return new Finding(ours.FullName, $"is listed under {assembly}, but {use.From} takes it from {use.Assembly}");
            }

            var overloads = ours.Members.Where(member => member.Name == use.Name && Count(member.Key) == Count(use.Key!)).ToList();
            if (use.Key is null || overloads.Count == 0)
            {
                continue;
            }

            var match = overloads.Find(member => member.Key == use.Key);
            if (match is null)
            {
                yield return new Finding($"{ours.FullName}, {overloads[0].Key}", $"{use.From} calls {use.Key}");
            }
            else if (match.Facts["return type"] != use.ReturnType)
            {
                yield return new Finding($"{ours.FullName}, {match.Key}", $"returns {match.Facts["return type"]}, {use.From} expects {use.ReturnType}");
            }
        }

        static int Count(string key) => key.EndsWith("()", StringComparison.Ordinal) ? 0 : 1 + key.Count(c => c == ',');
    }

    private IEnumerable<ApiType> SelfAndBases(ApiType type)
    {
        for (var current = type; current is not null; current = realTypes.GetValueOrDefault(Definition(current.BaseType)))
        {
            yield return current;
        }

        // Members of base interfaces are members of an interface.
        if (type.Kind == "interface")
        {
            foreach (var parent in type.Interfaces.Select(i => realTypes.GetValueOrDefault(Definition(i))).OfType<ApiType>())
            {
                yield return parent;
            }
        }
    }

    private IEnumerable<string> BaseChain(ApiType type) => SelfAndBases(type).Where(t => t.Kind != "interface").Select(t => t.BaseType);

    private HashSet<string> AllInterfaces(ApiType type) => [.. SelfAndBases(type).SelectMany(t => t.Interfaces)];

    // "X`1<System.Int32>" is an instance of the definition "X`1".
    private static string Definition(string type) => type.IndexOf('<', StringComparison.Ordinal) is var at and >= 0 ? type[..at] : type;
}
