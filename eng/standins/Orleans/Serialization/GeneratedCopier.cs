using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>
/// Copies a type with <see cref="GenerateSerializerAttribute"/>: the members with <see cref="IdAttribute"/> of each class of
/// its hierarchy, and, for records, the parameters of the primary constructor. Other members get what the constructor gives.
/// </summary>
internal sealed class GeneratedCopier<T> : ObjectCopier
{
    private readonly MemberCopier<T> _copyMembers;
    private readonly ConstructorInfo? _constructor;

    public GeneratedCopier()
    {
        _copyMembers = MemberCopier.Build<T>(SerializedMembers.Of(typeof(T)));
        _constructor = typeof(T).GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, []);
    }

    public override object Copy(object original, CopyContext context)
    {
        var source = (T)original;
        if (typeof(T).IsValueType)
        {
            var value = default(T)!;
            _copyMembers(source, ref value, context);
            return value!;
        }

        var copy = (T)(_constructor?.Invoke(BindingFlags.DoNotWrapExceptions, null, null, null) ?? RuntimeHelpers.GetUninitializedObject(typeof(T)));
        context.Record(original, copy!);
        _copyMembers(source, ref copy, context);
        return copy!;
    }
}

/// <summary>Copies a type of the runtime, such as a tuple, field by field.</summary>
internal sealed class MemberwiseCopier<T> : ObjectCopier
{
    private readonly MemberCopier<T> _copyMembers = MemberCopier.Build<T>(
        typeof(T).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(static f => (f, false)));

    public override object Copy(object original, CopyContext context)
    {
        var source = (T)original;
        var copy = typeof(T).IsValueType ? default! : (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        if (!typeof(T).IsValueType)
        {
            context.Record(original, copy!);
        }

        _copyMembers(source, ref copy, context);
        return copy!;
    }
}

/// <summary>Copies the members of one object to another.</summary>
internal delegate void MemberCopier<T>(T source, ref T target, CopyContext context);

/// <summary>Emits member copiers. Emitted code may set fields that are read-only, as the real generator's may.</summary>
internal static class MemberCopier
{
    private static readonly MethodInfo _copy = typeof(Copiers).GetMethod(nameof(Copiers.Copy), BindingFlags.Static | BindingFlags.Public)!;

    public static MemberCopier<T> Build<T>(IEnumerable<(FieldInfo Field, bool IsImmutable)> fields)
    {
        var method = new DynamicMethod($"Copy_{typeof(T).Name}", typeof(void), [typeof(T), typeof(T).MakeByRefType(), typeof(CopyContext)], typeof(MemberCopier).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        foreach (var (field, isImmutable) in fields)
        {
            il.Emit(OpCodes.Ldarg_1);
            if (!typeof(T).IsValueType)
            {
                il.Emit(OpCodes.Ldind_Ref);
            }

            if (typeof(T).IsValueType)
            {
                il.Emit(OpCodes.Ldarga_S, (byte)0);
            }
            else
            {
                il.Emit(OpCodes.Ldarg_0);
            }

            il.Emit(OpCodes.Ldfld, field);
            if (!isImmutable)
            {
                il.Emit(OpCodes.Ldarg_2);
                il.Emit(OpCodes.Call, _copy.MakeGenericMethod(field.FieldType));
            }

            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<MemberCopier<T>>();
    }
}
