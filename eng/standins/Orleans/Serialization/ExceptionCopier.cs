using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Orleans.Serialization;

/// <summary>
/// Copies exceptions field by field, so that type, message, inner exceptions and stack trace survive and the two sides
/// share no state that either may change.
/// </summary>
internal sealed class ExceptionCopier : ObjectCopier
{
    public static readonly ExceptionCopier Instance = new();

    private static readonly FieldInfo[] _base = Array.FindAll(
        typeof(Exception).GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly),
        static f => f.Name is "_message" or "_innerException" or "_helpURL" or "_source" or "_HResult");

    public static Exception Copy(Exception original)
    {
        try
        {
            return (Exception)Instance.Copy(original, new CopyContext());
        }
        catch (Exception failure) when (failure is SerializerException or InvalidCastException or FieldAccessException)
        {
            // Real silos send the original's text where its type cannot travel.
            return new Runtime.OrleansException($"{original.GetType()}: {original.Message}");
        }
    }

    public override object Copy(object original, CopyContext context)
    {
        if (context.TryGet(original, out var known))
        {
            return known!;
        }

        var source = (Exception)original;
        var copy = (Exception)RuntimeHelpers.GetUninitializedObject(original.GetType());
        context.Record(original, copy);
        foreach (var field in _base)
        {
            var value = field.GetValue(source);
            field.SetValue(copy, value is Exception inner ? Copy(inner, context) : value);
        }

        for (var level = original.GetType(); level != typeof(Exception); level = level!.BaseType)
        {
            foreach (var field in level!.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                field.SetValue(copy, CopyMember(field.GetValue(source), context));
            }
        }

        foreach (System.Collections.DictionaryEntry entry in source.Data)
        {
            copy.Data[entry.Key] = CopyMember(entry.Value, context);
        }

        return source.StackTrace is { } trace ? ExceptionDispatchInfo.SetRemoteStackTrace(copy, trace) : copy;
    }

    private static object? CopyMember(object? value, CopyContext context)
    {
        try
        {
            return value is null ? null : Copiers.CopyObject(value, context);
        }
        catch (SerializerException)
        {
            // A member that cannot travel is left out, as real silos leave it out; the exception itself still arrives.
            return null;
        }
    }
}
