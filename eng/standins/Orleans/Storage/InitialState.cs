using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Runtime;

/// <summary>What a state is before anything was stored: a new object, never null for classes that can be made.</summary>
internal static class InitialState
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public static T Of<T>()
    {
        if (typeof(T).IsValueType || typeof(T) == typeof(string) || typeof(T).IsAbstract || typeof(T).IsArray)
        {
            return default!;
        }

        return (T)(typeof(T).GetConstructor(All, [])?.Invoke(null) ?? RuntimeHelpers.GetUninitializedObject(typeof(T)));
    }
}
