using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;

namespace Orleans.Runtime;

/// <summary>The class that stands for one interface, its methods, and how to make an instance.</summary>
internal sealed record ProxyClass(Type Type, MethodEntry[] Methods, Func<ReferenceShared, GrainId, GrainReference> Make);

/// <summary>Emits, once per interface, a class that is a <see cref="GrainReference"/> and sends every method of the interface.</summary>
internal static class ProxyFactory
{
    private static readonly ConcurrentDictionary<Type, Lazy<ProxyClass>> _classes = new();
    private static readonly Lock _gate = new();
    private static readonly AssemblyBuilder _assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Orleans.Standin.Proxies"), AssemblyBuilderAccess.Run);
    private static readonly ModuleBuilder _module = _assembly.DefineDynamicModule("Orleans.Standin.Proxies");
    private static readonly ConstructorInfo _accessAttribute = DefineAccessAttribute();
    private static readonly HashSet<string> _opened = [];
    private static readonly ConstructorInfo _base = typeof(GrainReference).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(ReferenceShared), typeof(GrainId)])!;
    private static int _count;

    public static ProxyClass For(Type interfaceType) =>
        _classes.GetOrAdd(interfaceType, static t => new Lazy<ProxyClass>(() => Emit(t))).Value;

    private static ProxyClass Emit(Type interfaceType)
    {
        lock (_gate)
        {
            var interfaces = interfaceType.GetInterfaces().Prepend(interfaceType).ToArray();
            foreach (var assembly in interfaces.SelectMany(AssembliesOf).Append(typeof(GrainReference).Assembly))
            {
                Open(assembly);
            }

            var type = _module.DefineType($"Proxy{_count++}_{interfaceType.Name}", TypeAttributes.Sealed | TypeAttributes.Class, typeof(GrainReference), [interfaceType]);
            EmitConstructor(type);
            var methods = new List<MethodEntry>();
            foreach (var method in interfaces.SelectMany(static i => i.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)).Where(static m => m.IsAbstract))
            {
                EmitMethod(type, method, methods.Count);
                methods.Add(new MethodEntry(interfaceType, method));
            }

            var made = type.CreateType();
            return new ProxyClass(made, [.. methods], Maker(made));
        }
    }

    private static void EmitConstructor(TypeBuilder type)
    {
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(ReferenceShared), typeof(GrainId)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, _base);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitMethod(TypeBuilder type, MethodInfo method, int index)
    {
        var parameters = method.GetParameters();
        if (Array.Exists(parameters, static p => p.ParameterType.IsByRef))
        {
            throw new NotSupportedException($"Method {method} of {method.DeclaringType} has a parameter by reference, which no grain call can carry.");
        }

        var builder = type.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}#{index}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot);
        var generics = method.IsGenericMethodDefinition ? DefineGenerics(builder, method) : [];
        var returnType = Substitute(method.ReturnType, method, generics);
        builder.SetSignature(returnType, null, null, [.. parameters.Select(p => Substitute(p.ParameterType, method, generics))], null, null);

        var il = builder.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, index);
        if (generics.Length == 0)
        {
            il.Emit(OpCodes.Call, Own(nameof(GrainReference.Method)));
        }
        else
        {
            EmitTypes(il, generics);
            il.Emit(OpCodes.Call, Own(nameof(GrainReference.GenericMethod)));
        }

        EmitArguments(il, [.. parameters.Select(p => Substitute(p.ParameterType, method, generics))]);
        il.Emit(OpCodes.Call, CallFor(returnType, method));
        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(builder, method);
    }

    private static void EmitArguments(ILGenerator il, Type[] types)
    {
        il.Emit(OpCodes.Ldc_I4, types.Length);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (var i = 0; i < types.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, (short)(i + 1));
            if (types[i].IsValueType || types[i].IsGenericParameter)
            {
                il.Emit(OpCodes.Box, types[i]);
            }

            il.Emit(OpCodes.Stelem_Ref);
        }
    }

    private static void EmitTypes(ILGenerator il, Type[] types)
    {
        il.Emit(OpCodes.Ldc_I4, types.Length);
        il.Emit(OpCodes.Newarr, typeof(Type));
        for (var i = 0; i < types.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldtoken, types[i]);
            il.Emit(OpCodes.Call, typeof(Type).GetMethod(nameof(Type.GetTypeFromHandle))!);
            il.Emit(OpCodes.Stelem_Ref);
        }
    }

    private static MethodInfo CallFor(Type returnType, MethodInfo method)
    {
        var name = ReturnShape.KindOf(method.ReturnType) switch
        {
            ReturnKind.Void => nameof(GrainReference.CallVoid),
            ReturnKind.Task => nameof(GrainReference.CallTask),
            ReturnKind.ValueTask => nameof(GrainReference.CallValueTask),
            ReturnKind.TaskOf => nameof(GrainReference.CallTaskOf),
            ReturnKind.ValueTaskOf => nameof(GrainReference.CallValueTaskOf),
            ReturnKind.AsyncEnumerable => nameof(GrainReference.CallAsyncEnumerable),
            _ => throw new NotSupportedException(
                $"Method {method} of {method.DeclaringType} returns {method.ReturnType}; a grain method returns Task, ValueTask, IAsyncEnumerable or void."),
        };
        var call = Own(name);
        return call.IsGenericMethodDefinition ? call.MakeGenericMethod(returnType.GetGenericArguments()) : call;
    }

    private static MethodInfo Own(string name) => typeof(GrainReference).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;

    private static Type[] DefineGenerics(MethodBuilder builder, MethodInfo method)
    {
        var originals = method.GetGenericArguments();
        var defined = builder.DefineGenericParameters([.. originals.Select(static g => g.Name)]);
        for (var i = 0; i < originals.Length; i++)
        {
            defined[i].SetGenericParameterAttributes(originals[i].GenericParameterAttributes & ~GenericParameterAttributes.VarianceMask);
            foreach (var constraint in originals[i].GetGenericParameterConstraints())
            {
                var mapped = Substitute(constraint, method, defined);
                if (mapped.IsInterface)
                {
                    defined[i].SetInterfaceConstraints(mapped);
                }
                else
                {
                    defined[i].SetBaseTypeConstraint(mapped);
                }
            }
        }

        return defined;
    }

    private static Type Substitute(Type type, MethodInfo method, Type[] generics)
    {
        if (generics.Length == 0 || !type.ContainsGenericParameters)
        {
            return type;
        }

        if (type.IsGenericMethodParameter)
        {
            return generics[type.GenericParameterPosition];
        }

        if (type.IsArray)
        {
            return Substitute(type.GetElementType()!, method, generics).MakeArrayType();
        }

        return type.IsGenericType
            ? type.GetGenericTypeDefinition().MakeGenericType([.. type.GetGenericArguments().Select(a => Substitute(a, method, generics))])
            : type;
    }

    private static Func<ReferenceShared, GrainId, GrainReference> Maker(Type made)
    {
        var shared = Expression.Parameter(typeof(ReferenceShared));
        var id = Expression.Parameter(typeof(GrainId));
        var constructor = made.GetConstructor([typeof(ReferenceShared), typeof(GrainId)])!;
        return Expression.Lambda<Func<ReferenceShared, GrainId, GrainReference>>(Expression.New(constructor, shared, id), shared, id).Compile();
    }

    private static IEnumerable<Assembly> AssembliesOf(Type type) =>
        type.IsConstructedGenericType ? type.GetGenericArguments().SelectMany(AssembliesOf).Append(type.Assembly) : [type.Assembly];

    // Grain interfaces may be internal: the runtime honours this attribute of the dynamic assembly by its name.
    private static void Open(Assembly assembly)
    {
        var name = assembly.GetName().Name!;
        if (_opened.Add(name))
        {
            _assembly.SetCustomAttribute(new CustomAttributeBuilder(_accessAttribute, [name]));
        }
    }

    private static ConstructorInfo DefineAccessAttribute()
    {
        var type = _module.DefineType("System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute", TypeAttributes.Public | TypeAttributes.Class, typeof(Attribute));
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(string)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, typeof(Attribute).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [])!);
        il.Emit(OpCodes.Ret);
        return type.CreateType().GetConstructors()[0];
    }
}
