using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Audit;

namespace W0rktree.Grains.Access;

/// <summary>Reads what a grain interface method requires of its caller, and what the audit calls it. Thread-safe.</summary>
internal sealed class CallRequirements
{
    private readonly ConcurrentDictionary<MethodInfo, CallShape> _shapes = new();

    /// <summary>Gets what all calls of a method have in common.</summary>
    public CallShape Of(MethodInfo method) => _shapes.GetOrAdd(method, static m => new CallShape(
        m.GetCustomAttributes<CallRequirementAttribute>().ToArray() is [var only] ? only : null,
        DraftRules.ActionOf(m), [.. m.GetParameters().Select(static p => p.Name!)]));

    /// <summary>Tells whether the method belongs to Orleans itself, whose grains stay inside the trust boundary.</summary>
    public static bool IsOrleans(MethodInfo method) =>
        method.DeclaringType?.Namespace is { } space && (space == "Orleans" || space.StartsWith("Orleans.", StringComparison.Ordinal));
}

/// <summary>Says what all calls of a grain interface method have in common.</summary>
/// <param name="Requirement">The one requirement; null where there is none, or more than one, both of which deny everybody.</param>
/// <param name="Action">What the audit calls it.</param>
/// <param name="Parameters">The names of its parameters.</param>
internal sealed record CallShape(CallRequirementAttribute? Requirement, string Action, ImmutableArray<string> Parameters);
