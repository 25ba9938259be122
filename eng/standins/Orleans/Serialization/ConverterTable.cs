using System.Reflection;

namespace Orleans.Serialization;

/// <summary>Finds surrogate converters, which <see cref="RegisterConverterAttribute"/> marks, for types that cannot be marked themselves.</summary>
internal static class ConverterTable
{
    private static readonly Lazy<Dictionary<Type, Type>> _converters = new(Find);

    public static ObjectCopier? Find(Type type)
    {
        if (!_converters.Value.TryGetValue(type, out var converter))
        {
            return null;
        }

        var contract = converter.GetInterfaces().First(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConverter<,>) && i.GetGenericArguments()[0] == type);
        return (ObjectCopier)System.Activator.CreateInstance(typeof(ConverterCopier<,>).MakeGenericType(contract.GetGenericArguments()), System.Activator.CreateInstance(converter))!;
    }

    private static Dictionary<Type, Type> Find()
    {
        var result = new Dictionary<Type, Type>();
        foreach (var type in Runtime.GrainCatalog.ReachableTypes())
        {
            if (!type.IsDefined(typeof(RegisterConverterAttribute)))
            {
                continue;
            }

            foreach (var contract in type.GetInterfaces().Where(static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConverter<,>)))
            {
                result[contract.GetGenericArguments()[0]] = type;
            }
        }

        return result;
    }

    private sealed class ConverterCopier<TValue, TSurrogate>(IConverter<TValue, TSurrogate> converter) : ObjectCopier
        where TSurrogate : struct
    {
        public override object Copy(object original, CopyContext context)
        {
            var surrogate = Copiers.Copy(converter.ConvertToSurrogate((TValue)original), context);
            var copy = converter.ConvertFromSurrogate(in surrogate)!;
            if (original is not ValueType)
            {
                context.Record(original, copy);
            }

            return copy;
        }
    }
}
