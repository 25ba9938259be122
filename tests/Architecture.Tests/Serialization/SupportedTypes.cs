namespace W0rktree.Architecture.Tests.Serialization;

/// <summary>
/// What Orleans serializes by itself. Interfaces of collections are left out on purpose: what stands behind one at run
/// time may be a type of the compiler's, which no serializer knows.
/// </summary>
internal static class SupportedTypes
{
    private static readonly HashSet<string> Leaves =
    [
        "System.String", "System.Decimal", "System.Guid", "System.DateTime", "System.DateTimeOffset", "System.TimeSpan", "System.DateOnly", "System.TimeOnly",
        "System.Uri", "System.Version", "System.Int128", "System.UInt128", "System.Half", "System.Numerics.BigInteger", "System.Net.IPAddress",
    ];

    private static readonly HashSet<string> Containers =
    [
        "System.Nullable`1", "System.ReadOnlyMemory`1", "System.Memory`1",
        "System.Collections.Generic.List`1", "System.Collections.Generic.Dictionary`2", "System.Collections.Generic.HashSet`1",
        "System.Collections.Generic.SortedDictionary`2", "System.Collections.Generic.SortedSet`1", "System.Collections.Generic.KeyValuePair`2",
        "System.Collections.Generic.Queue`1", "System.Collections.Generic.Stack`1",
        "System.Collections.Immutable.ImmutableArray`1", "System.Collections.Immutable.ImmutableList`1", "System.Collections.Immutable.ImmutableDictionary`2",
        "System.Collections.Immutable.ImmutableHashSet`1", "System.Collections.Immutable.ImmutableSortedDictionary`2", "System.Collections.Immutable.ImmutableSortedSet`1",
        "System.Collections.Immutable.ImmutableQueue`1", "System.Collections.Immutable.ImmutableStack`1",
    ];

    public static bool IsLeaf(Type type) =>
        type.IsPrimitive || type.IsEnum || Leaves.Contains(type.FullName ?? "") || (type.Namespace?.StartsWith("Orleans", StringComparison.Ordinal) ?? false);

    public static bool IsContainer(Type type) => type.IsGenericType && Containers.Contains(type.GetGenericTypeDefinition().FullName!);
}
