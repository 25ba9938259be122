using System.Collections.Concurrent;

namespace Orleans.Serialization;

internal sealed class ArrayCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (T[])original;
        if (source.Length == 0)
        {
            return source;
        }

        var copy = (T[])source.Clone();
        context.Record(original, copy);
        if (!typeof(T).IsPrimitive)
        {
            for (var i = 0; i < copy.Length; i++)
            {
                copy[i] = Copiers.Copy(source[i], context);
            }
        }

        return copy;
    }
}

internal sealed class MultiArrayCopier : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var copy = (Array)((Array)original).Clone();
        context.Record(original, copy);
        var indices = new int[copy.Rank];
        CopyFrom(0);
        return copy;

        void CopyFrom(int dimension)
        {
            for (var i = copy.GetLowerBound(dimension); i <= copy.GetUpperBound(dimension); i++)
            {
                indices[dimension] = i;
                if (dimension < copy.Rank - 1)
                {
                    CopyFrom(dimension + 1);
                }
                else if (copy.GetValue(indices) is { } element)
                {
                    copy.SetValue(Copiers.CopyObject(element, context), indices);
                }
            }
        }
    }
}

internal sealed class ListCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (List<T>)original;
        var copy = new List<T>(source.Count);
        context.Record(original, copy);
        foreach (var item in source)
        {
            copy.Add(Copiers.Copy(item, context));
        }

        return copy;
    }
}

internal sealed class QueueCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (Queue<T>)original;
        var copy = new Queue<T>(source.Count);
        context.Record(original, copy);
        foreach (var item in source)
        {
            copy.Enqueue(Copiers.Copy(item, context));
        }

        return copy;
    }
}

internal sealed class StackCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (Stack<T>)original;
        var copy = new Stack<T>(source.Count);
        context.Record(original, copy);
        foreach (var item in source.Reverse())
        {
            copy.Push(Copiers.Copy(item, context));
        }

        return copy;
    }
}

internal sealed class HashSetCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (HashSet<T>)original;
        var copy = new HashSet<T>(source.Count, source.Comparer);
        context.Record(original, copy);
        foreach (var item in source)
        {
            copy.Add(Copiers.Copy(item, context));
        }

        return copy;
    }
}

internal sealed class SortedSetCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (SortedSet<T>)original;
        var copy = new SortedSet<T>(source.Comparer);
        context.Record(original, copy);
        foreach (var item in source)
        {
            copy.Add(Copiers.Copy(item, context));
        }

        return copy;
    }
}

internal sealed class DictionaryCopier<TKey, TValue> : ObjectCopier
    where TKey : notnull
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (Dictionary<TKey, TValue>)original;
        var copy = new Dictionary<TKey, TValue>(source.Count, source.Comparer);
        context.Record(original, copy);
        foreach (var (key, value) in source)
        {
            copy.Add(Copiers.Copy(key, context), Copiers.Copy(value, context));
        }

        return copy;
    }
}

internal sealed class SortedDictionaryCopier<TKey, TValue> : ObjectCopier
    where TKey : notnull
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (SortedDictionary<TKey, TValue>)original;
        var copy = new SortedDictionary<TKey, TValue>(source.Comparer);
        context.Record(original, copy);
        foreach (var (key, value) in source)
        {
            copy.Add(Copiers.Copy(key, context), Copiers.Copy(value, context));
        }

        return copy;
    }
}

internal sealed class ConcurrentDictionaryCopier<TKey, TValue> : ObjectCopier
    where TKey : notnull
{
    public override object Copy(object original, CopyContext context)
    {
        var source = (ConcurrentDictionary<TKey, TValue>)original;
        var copy = new ConcurrentDictionary<TKey, TValue>(source.Comparer);
        context.Record(original, copy);
        foreach (var (key, value) in source)
        {
            copy[Copiers.Copy(key, context)] = Copiers.Copy(value, context);
        }

        return copy;
    }
}

internal sealed class KeyValuePairCopier<TKey, TValue> : ObjectCopier
{
    public override object Copy(object original, CopyContext context)
    {
        var (key, value) = (KeyValuePair<TKey, TValue>)original;
        return new KeyValuePair<TKey, TValue>(Copiers.Copy(key, context), Copiers.Copy(value, context));
    }
}

internal sealed class ReadOnlyMemoryCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context) =>
        new ReadOnlyMemory<T>(Copiers.Copy(((ReadOnlyMemory<T>)original).ToArray(), context));
}

internal sealed class MemoryCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context) =>
        new Memory<T>(Copiers.Copy(((Memory<T>)original).ToArray(), context));
}

internal sealed class ArraySegmentCopier<T> : ObjectCopier
{
    public override object Copy(object original, CopyContext context) => ((ArraySegment<T>)original).Array is null
        ? original
        : new ArraySegment<T>(Copiers.Copy(((ArraySegment<T>)original).ToArray(), context));
}
