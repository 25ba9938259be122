using System.Reflection;
using W0rktree.Architecture.Tests.Serialization;

namespace W0rktree.Architecture.Tests.Permissions;

/// <summary>
/// Every method that somebody can call on a grain says who may: the call filter denies what says nothing, and a denial
/// in production is a poor way to learn of a forgotten attribute.
/// </summary>
internal static class PermissionRules
{
    public static IEnumerable<Violation> Check(Assembly assembly, IReadOnlySet<string> permissions) =>
        assembly.GetTypes()
            .Where(type => GrainInterfaces.Is(type) && !GrainInterfaces.IsObserver(type))
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => CheckMethod(method, permissions));

    private static IEnumerable<Violation> CheckMethod(MethodInfo method, IReadOnlySet<string> permissions)
    {
        var place = $"{method.DeclaringType!.FullName}.{method.Name}";
        var requirements = method.CustomAttributes.Where(attribute => IsRequirement(attribute.AttributeType)).ToList();
        if (requirements.Count != 1)
        {
            yield return new Violation(place, $"has {requirements.Count} of [Requires], [SelfOnly], [Anonymous], [SystemOnly]; it must have exactly one");
        }

        foreach (var requires in requirements.Where(attribute => attribute.AttributeType.Name == "RequiresAttribute"))
        {
            var named = requires.ConstructorArguments.SelectMany(Texts).ToList();
            if (named.Count == 0)
            {
                yield return new Violation(place, "requires nothing: name a permission");
            }

            foreach (var unknown in named.Where(permission => !permissions.Contains(permission)))
            {
                yield return new Violation(place, $"requires '{unknown}', which is no permission of the product");
            }
        }
    }

    private static bool IsRequirement(Type type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.Name == "CallRequirementAttribute")
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Texts(CustomAttributeTypedArgument argument) => argument.Value switch
    {
        string text => [text],
        IEnumerable<CustomAttributeTypedArgument> several => several.SelectMany(Texts),
        _ => [],
    };
}
