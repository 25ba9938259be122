namespace W0rktree.Grains.Abstractions.Access;

/// <summary>Says what a caller must have to reach a grain method. A method without exactly one of the kinds is denied to everybody.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class CallRequirementAttribute : Attribute;

/// <summary>Requires a permission on the resource that the grain stands for; the grain itself decides it, before the method runs.</summary>
/// <param name="permissions">Names out of <see cref="Permission"/>; all of them are needed.</param>
public sealed class RequiresAttribute(params string[] permissions) : CallRequirementAttribute
{
    /// <summary>Gets the names; all of them are needed.</summary>
    public IReadOnlyList<string> Permissions { get; } = permissions;
}

/// <summary>Lets anybody with a valid ticket call, signed in or not; the method itself asks for a proof, such as a password or a token.</summary>
public sealed class AnonymousAttribute : CallRequirementAttribute;

/// <summary>Lets only the account call whose grain this is.</summary>
public sealed class SelfOnlyAttribute : CallRequirementAttribute;

/// <summary>Lets only the server itself call: another grain, a timer or a reminder, under a named system principal.</summary>
public sealed class SystemOnlyAttribute : CallRequirementAttribute;
