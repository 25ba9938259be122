using System.Collections.Concurrent;

namespace Orleans.Serialization;

/// <summary>Copies the objects of one runtime type.</summary>
internal abstract class ObjectCopier
{
    /// <summary>Tells whether a copy would be the object itself.</summary>
    public virtual bool IsIdentity => false;

    public abstract object Copy(object original, CopyContext context);
}

/// <summary>
/// Finds how values are copied across a call. What the real serializer would refuse is refused here too, with the same
/// exception: a type needs <see cref="GenerateSerializerAttribute"/>, or to be one of the known ones.
/// </summary>
internal static class Copiers
{
    private static readonly ConcurrentDictionary<Type, ObjectCopier> _byType = new();

    public static bool IsImmutable(Type type) => For(type).IsIdentity;

    public static ObjectCopier For(Type type) => _byType.TryGetValue(type, out var known) ? known : Prepare(type);

    public static object CopyObject(object original, CopyContext context)
    {
        var copier = For(original.GetType());
        if (copier.IsIdentity)
        {
            return original;
        }

        if (original is ValueType)
        {
            return copier.Copy(original, context);
        }

        return context.TryGet(original, out var copy) ? copy! : copier.Copy(original, context);
    }

    /// <summary>Copies a value; the form that emitted and generic copiers use for members and elements.</summary>
    public static T Copy<T>(T value, CopyContext context) =>
        value is null || Known<T>.IsIdentity ? value : (T)CopyObject(value, context);

    public static Dictionary<string, object> CopyContextValues(Dictionary<string, object> values)
    {
        var needed = false;
        foreach (var (_, value) in values)
        {
            needed |= !IsImmutable(value.GetType());
        }

        // Frames are never changed after they were made, so values that are all immutable need no copy.
        return needed ? Copy(values, new CopyContext()) : values;
    }

    private static ObjectCopier Prepare(Type type)
    {
        // A type may contain itself: preparing is by runtime type and lazy for members, so there is no recursion here.
        var made = CopierSelection.Select(type);
        return _byType.GetOrAdd(type, made);
    }

    private static class Known<T>
    {
        /// <summary>True where the static type alone says that no copy is needed.</summary>
        public static readonly bool IsIdentity = (typeof(T).IsValueType || typeof(T).IsSealed) && CopierSelection.IsIdentity(typeof(T));
    }
}
