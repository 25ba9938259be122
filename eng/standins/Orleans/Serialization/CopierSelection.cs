using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Chooses the copier of a type.</summary>
internal static class CopierSelection
{
    private static readonly FrozenSet<Type> _immutable = FrozenSet.Create(
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
        typeof(Guid), typeof(Uri), typeof(Version), typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Complex), typeof(IPAddress),
        typeof(IPEndPoint), typeof(CultureInfo), typeof(CancellationToken), typeof(Range), typeof(Index), typeof(DBNull), typeof(object), typeof(void),
        typeof(SiloAddress), typeof(GrainId), typeof(GrainType), typeof(IdSpan), typeof(GrainInterfaceType), typeof(ActivationId), typeof(GrainAddress));

    private static readonly FrozenDictionary<Type, Type> _generic = new Dictionary<Type, Type>
    {
        [typeof(List<>)] = typeof(ListCopier<>),
        [typeof(HashSet<>)] = typeof(HashSetCopier<>),
        [typeof(SortedSet<>)] = typeof(SortedSetCopier<>),
        [typeof(Queue<>)] = typeof(QueueCopier<>),
        [typeof(Stack<>)] = typeof(StackCopier<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCopier<,>),
        [typeof(SortedDictionary<,>)] = typeof(SortedDictionaryCopier<,>),
        [typeof(ConcurrentDictionary<,>)] = typeof(ConcurrentDictionaryCopier<,>),
        [typeof(KeyValuePair<,>)] = typeof(KeyValuePairCopier<,>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCopier<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListCopier<>),
        [typeof(ImmutableHashSet<>)] = typeof(ImmutableHashSetCopier<>),
        [typeof(ImmutableSortedSet<>)] = typeof(ImmutableSortedSetCopier<>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryCopier<,>),
        [typeof(ImmutableSortedDictionary<,>)] = typeof(ImmutableSortedDictionaryCopier<,>),
        [typeof(ReadOnlyCollection<>)] = typeof(ReadOnlyCollectionCopier<>),
        [typeof(ReadOnlyMemory<>)] = typeof(ReadOnlyMemoryCopier<>),
        [typeof(Memory<>)] = typeof(MemoryCopier<>),
        [typeof(ArraySegment<>)] = typeof(ArraySegmentCopier<>),
    }.ToFrozenDictionary();

    /// <summary>Tells whether values of a type are their own copy.</summary>
    public static bool IsIdentity(Type type) =>
        type.IsPrimitive || type.IsEnum || _immutable.Contains(type) || type.IsDefined(typeof(ImmutableAttribute), inherit: false)
        || typeof(Type).IsAssignableFrom(type) || typeof(IAddressable).IsAssignableFrom(type)
        || (Nullable.GetUnderlyingType(type) is { } inner && IsIdentity(inner));

    public static ObjectCopier Select(Type type)
    {
        if (typeof(IGrainBase).IsAssignableFrom(type))
        {
            throw new CodecNotFoundException($"Could not find a copier for type {type}. A grain itself cannot cross a call: pass this.AsReference<T>().");
        }

        if (typeof(IGrainObserver).IsAssignableFrom(type) && !typeof(GrainReference).IsAssignableFrom(type))
        {
            throw new CodecNotFoundException($"Could not find a copier for type {type}. An observer itself cannot cross a call: pass what CreateObjectReference returns.");
        }

        if (IsIdentity(type))
        {
            return Identity.Instance;
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return ExceptionCopier.Instance;
        }

        if (type.IsSZArray)
        {
            return Make(typeof(ArrayCopier<>), type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return new MultiArrayCopier();
        }

        if (type.IsGenericType && _generic.TryGetValue(type.GetGenericTypeDefinition(), out var known))
        {
            return Make(known, type.GetGenericArguments());
        }

        if (typeof(System.Runtime.CompilerServices.ITuple).IsAssignableFrom(type) && type.Namespace == "System")
        {
            return Make(typeof(MemberwiseCopier<>), type);
        }

        if (ConverterTable.Find(type) is { } converter)
        {
            return converter;
        }

        if (type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            return Make(typeof(GeneratedCopier<>), type);
        }

        // A frozen set, a read-only wrapper that a collection expression made, and the like: by their collection interface.
        return CollectionFallback(type) ?? throw new CodecNotFoundException($"Could not find a copier for type {type}.");
    }

    private static ObjectCopier? CollectionFallback(Type type)
    {
        if (type.Assembly == typeof(FrozenSet).Assembly || type.Assembly == typeof(ImmutableArray).Assembly)
        {
            for (var t = type; t is not null; t = t.BaseType)
            {
                if (t.IsGenericType && t.GetGenericTypeDefinition() == typeof(FrozenSet<>))
                {
                    return Make(typeof(FrozenSetCopier<>), t.GetGenericArguments());
                }

                if (t.IsGenericType && t.GetGenericTypeDefinition() == typeof(FrozenDictionary<,>))
                {
                    return Make(typeof(FrozenDictionaryCopier<,>), t.GetGenericArguments());
                }
            }
        }

        return typeof(EqualityComparer<>).Namespace == type.Namespace && typeof(IEqualityComparer).IsAssignableFrom(type) ? Identity.Instance : null;
    }

    private static ObjectCopier Make(Type definition, params Type[] arguments)
    {
        try
        {
            return (ObjectCopier)System.Activator.CreateInstance(definition.MakeGenericType(arguments))!;
        }
        catch (TargetInvocationException failure) when (failure.InnerException is SerializerException refused)
        {
            throw new CodecNotFoundException(refused.Message);
        }
    }

    private sealed class Identity : ObjectCopier
    {
        public static readonly Identity Instance = new();

        public override bool IsIdentity => true;

        public override object Copy(object original, CopyContext context) => original;
    }
}
