using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace Orleans.Serialization;

// The collection cannot change, but its elements can: it is kept as it is only where no element needs a copy.
internal sealed class ImmutableArrayCopier<T> : ObjectCopier
{
    public override bool IsIdentity { get; } = CopierSelection.IsIdentity(typeof(T)) && (typeof(T).IsSealed || typeof(T).IsValueType);

    public override object Copy(object original, CopyContext context)
    {
        var source = (ImmutableArray<T>)original;
        return source.IsDefault ? source : ImmutableArray.CreateRange(source, static (item, c) => Copiers.Copy(item, c), context);
    }
}

internal sealed class ImmutableListCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var copy = ((ImmutableList<T>)original).ConvertAll(item => Copiers.Copy(item, context));
        context.Record(original, copy);
        return copy;
    }
}

internal sealed class ImmutableHashSetCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (ImmutableHashSet<T>)original;
        var copy = ImmutableHashSet.CreateRange(source.KeyComparer, source.Select(item => Copiers.Copy(item, context)));
        context.Record(original, copy);
        return copy;
    }
}

internal sealed class ImmutableSortedSetCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (ImmutableSortedSet<T>)original;
        var copy = ImmutableSortedSet.CreateRange(source.KeyComparer, source.Select(item => Copiers.Copy(item, context)));
        context.Record(original, copy);
        return copy;
    }
}

internal sealed class ImmutableDictionaryCopier<TKey, TValue> : ObjectCopier
    where TKey : notnull
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (ImmutableDictionary<TKey, TValue>)original;
        var copy = source.Select(p => KeyValuePair.Create(Copiers.Copy(p.Key, context), Copiers.Copy(p.Value, context)))
            .ToImmutableDictionary(source.KeyComparer, source.ValueComparer);
        context.Record(original, copy);
        return copy;
    }
}

internal sealed class ImmutableSortedDictionaryCopier<TKey, TValue> : ObjectCopier
    where TKey : notnull
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (ImmutableSortedDictionary<TKey, TValue>)original;
        var copy = source.Select(p => KeyValuePair.Create(Copiers.Copy(p.Key, context), Copiers.Copy(p.Value, context)))
            .ToImmutableSortedDictionary(source.KeyComparer, source.ValueComparer);
        context.Record(original, copy);
        return copy;
    }
}

internal sealed class FrozenSetCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (FrozenSet<T>)original;
        var copy = source.Select(item => Copiers.Copy(item, context)).ToFrozenSet(source.Comparer);
        context.Record(original, copy);
        return copy;
    }
}

internal sealed class FrozenDictionaryCopier<TKey, TValue> : ObjectCopier
    where TKey : notnull
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (FrozenDictionary<TKey, TValue>)original;
        var copy = source.ToFrozenDictionary(p => Copiers.Copy(p.Key, context), p => Copiers.Copy(p.Value, context), source.Comparer);
        context.Record(original, copy);
        return copy;
    }
}

internal sealed class ReadOnlyCollectionCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var copy = new ReadOnlyCollection<T>([.. ((ReadOnlyCollection<T>)original).Select(item => Copiers.Copy(item, context))]);
        context.Record(original, copy);
        return copy;
    }
}
