using System.Reflection;

namespace W0rktree.Architecture.Tests.Serialization;

/// <summary>Recognises, by the names of Orleans, what is called across grains and what grains store.</summary>
internal static class GrainInterfaces
{
    public static bool Is(Type type) => type.IsInterface && !IsOrleans(type) && type.GetInterfaces().Any(parent => parent.FullName == "Orleans.Runtime.IAddressable");

    public static bool IsObserver(Type type) => type.GetInterfaces().Any(parent => parent.FullName == "Orleans.IGrainObserver");

    /// <summary>The types that a grain asks to be persisted, by its constructors.</summary>
    public static IEnumerable<Type> StatesOf(Type type) => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .SelectMany(constructor => constructor.GetParameters())
        .Select(parameter => parameter.ParameterType)
        .Where(parameter => parameter is { IsGenericType: true, Name: "IPersistentState`1", Namespace: "Orleans.Runtime" })
        .Select(parameter => parameter.GenericTypeArguments[0]);

    private static bool IsOrleans(Type type) => type.Namespace?.StartsWith("Orleans", StringComparison.Ordinal) ?? false;
}
