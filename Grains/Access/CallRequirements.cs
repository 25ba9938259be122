using System.Collections.Concurrent;
using System.Reflection;
using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Grains.Access;

/// <summary>Reads what a grain interface method requires of its caller. Thread-safe.</summary>
internal sealed class CallRequirements
{
    private readonly ConcurrentDictionary<MethodInfo, Rule> _rules = new();

    /// <summary>Gets the one requirement; null where there is none, or more than one, both of which deny everybody.</summary>
    public CallRequirementAttribute? Of(MethodInfo method) => _rules.GetOrAdd(method, static m =>
        new Rule(m.GetCustomAttributes<CallRequirementAttribute>().ToArray() is [var only] ? only : null)).Requirement;

    /// <summary>Tells whether the method belongs to Orleans itself, whose grains stay inside the trust boundary.</summary>
    public static bool IsOrleans(MethodInfo method) =>
        method.DeclaringType?.Namespace is { } space && (space == "Orleans" || space.StartsWith("Orleans.", StringComparison.Ordinal));

    private sealed record Rule(CallRequirementAttribute? Requirement);
}
