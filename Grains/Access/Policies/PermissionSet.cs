using System.Collections.Frozen;
using System.Numerics;
using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Grains.Access.Policies;

/// <summary>Holds a set of permissions as bits; the default is empty.</summary>
public readonly record struct PermissionSet
{
    private static readonly FrozenDictionary<string, int> Numbers =
        Permission.All.Order(StringComparer.Ordinal).Select((name, number) => (name, number)).ToFrozenDictionary(p => p.name, p => p.number, StringComparer.Ordinal);

    private static readonly string[] Names = [.. Permission.All.Order(StringComparer.Ordinal)];

    private readonly uint _bits;

    private PermissionSet(uint bits) => _bits = bits;

    /// <summary>Every permission there is.</summary>
    public static PermissionSet All { get; } = new(checked((uint)((1UL << Names.Length) - 1)));

    /// <summary>How many permissions there are.</summary>
    internal static int Count => Names.Length;

    /// <summary>Gets whether nothing is in it.</summary>
    public bool IsEmpty => _bits == 0;

    /// <summary>Makes a set of names, all of which must be permissions.</summary>
    public static PermissionSet Of(IEnumerable<string> names) => names.Aggregate(default(PermissionSet), static (set, name) => set.With(name));

    /// <summary>Gives a permission's number; null where it is none.</summary>
    internal static int? NumberOf(string name) => Numbers.TryGetValue(name, out var number) ? number : null;

    /// <summary>Tells whether a permission is in the set.</summary>
    public bool Contains(string name) => Numbers.TryGetValue(name, out var number) && Contains(number);

    /// <summary>Gives the set with a permission more.</summary>
    public PermissionSet With(string name) => new(_bits | (1U << Numbers[name]));

    /// <summary>Gives what is in either set.</summary>
    public PermissionSet Or(PermissionSet other) => new(_bits | other._bits);

    /// <summary>Gives what is in this set and not in the other.</summary>
    public PermissionSet Except(PermissionSet other) => new(_bits & ~other._bits);

    /// <summary>Lists the names, sorted.</summary>
    public IReadOnlyList<string> ToNames()
    {
        var names = new List<string>(BitOperations.PopCount(_bits));
        for (var number = 0; number < Names.Length; number++)
        {
            if (Contains(number))
            {
                names.Add(Names[number]);
            }
        }

        return names;
    }

    internal bool Contains(int number) => (_bits & (1U << number)) != 0;
}
