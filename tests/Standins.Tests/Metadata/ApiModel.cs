namespace W0rktree.Standins.Tests.Metadata;

/// <summary>What code outside can see of one assembly, as text that compares without loading anything.</summary>
/// <param name="Name">The simple name of the assembly.</param>
/// <param name="Types">Visible types by full name, nested ones as <c>Outer+Inner</c>.</param>
internal sealed record ApiAssembly(string Name, IReadOnlyDictionary<string, ApiType> Types);

/// <summary>One visible type.</summary>
/// <param name="Facts">What must be equal: kind, modifiers, generic parameters, attribute usage, enum base.</param>
/// <param name="BaseType">The base class, or an empty string for none.</param>
internal sealed record ApiType(
    string Assembly,
    string Namespace,
    string FullName,
    IReadOnlyDictionary<string, string> Facts,
    string BaseType,
    IReadOnlySet<string> Interfaces,
    IReadOnlyList<ApiMember> Members)
{
    public string Kind => Facts["kind"];
}

/// <summary>One visible member.</summary>
/// <param name="Key">What tells overloads apart: kind, name, generic arity and parameter types.</param>
/// <param name="Name">The bare name, to find near misses.</param>
/// <param name="Facts">What must be equal: return type, modifiers, parameter names, optional values, constraints.</param>
/// <param name="IsOverride">Whether it fills a slot of a base class, and so adds nothing that a caller can see.</param>
internal sealed record ApiMember(string Key, string Name, IReadOnlyDictionary<string, string> Facts, bool IsOverride);

/// <summary>A use that a real assembly makes of a member elsewhere: a witness for assemblies that cannot be had.</summary>
/// <param name="From">The assembly that makes the call.</param>
/// <param name="Assembly">The assembly in which it expects the type.</param>
/// <param name="Key">The member as <see cref="ApiMember.Key"/> spells it, or null for a mention of the type alone.</param>
internal sealed record ApiUse(string From, string Assembly, string Type, string? Key, string? Name, string? ReturnType);
