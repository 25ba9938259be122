using System.Reflection;
using System.Runtime.CompilerServices;

namespace W0rktree.Architecture.Tests.Serialization;

/// <summary>
/// Holds what crosses a grain call, and what a grain stores, to the rules of Orleans' serializer and code generator, so
/// that what compiles against a stand-in compiles against Orleans, and old and new silos understand each other.
/// </summary>
internal sealed class SerializerRules
{
    private readonly List<Violation> violations = [];
    private readonly HashSet<Type> seen = [];
    private readonly Dictionary<string, Type> aliases = [];
    private readonly IReadOnlyList<Type> types;
    private readonly Dictionary<Type, Type> surrogates;

    private SerializerRules(IEnumerable<Assembly> assemblies)
    {
        types = [.. assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))];
        surrogates = types.Where(type => Has(type, "RegisterConverterAttribute"))
            .SelectMany(type => type.GetInterfaces().Where(i => i.IsGenericType && i.Name == "IConverter`2"))
            .ToDictionary(converter => converter.GenericTypeArguments[0], converter => converter.GenericTypeArguments[1]);
    }

    public static IReadOnlyList<Violation> Check(params IEnumerable<Assembly> assemblies)
    {
        var rules = new SerializerRules(assemblies);
        foreach (var type in rules.types)
        {
            if (GrainInterfaces.Is(type))
            {
                rules.CheckInterface(type);
            }
            else if (Has(type, "GenerateSerializerAttribute"))
            {
                rules.Walk(type, type.FullName!);
            }

            foreach (var state in GrainInterfaces.StatesOf(type))
            {
                rules.Walk(state, $"the state of {type.FullName}");
            }
        }

        foreach (var surrogate in rules.surrogates.Values)
        {
            rules.Walk(surrogate, surrogate.FullName!);
        }

        return rules.violations;
    }

    private void CheckInterface(Type type)
    {
        CheckAlias(type);
        foreach (var method in type.GetMethods())
        {
            var place = $"{type.FullName}.{method.Name}";
            if (method.IsSpecialName)
            {
                Report(place, "a grain interface has methods only");
                continue;
            }

            if (method.IsGenericMethod)
            {
                Report(place, "is generic: the kinds of its argument are unknown to an older silo");
                continue;
            }

            CheckReturn(method, place);
            var parameters = method.GetParameters();
            for (var i = 0; i < parameters.Length; i++)
            {
                CheckParameter(parameters[i], isLast: i == parameters.Length - 1, $"{place}({parameters[i].Name})");
            }
        }
    }

    private void CheckReturn(MethodInfo method, string place)
    {
        var type = method.ReturnType;
        if (type == typeof(Task) || type == typeof(ValueTask))
        {
            return;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() is var generic && (generic == typeof(Task<>) || generic == typeof(ValueTask<>) || generic == typeof(IAsyncEnumerable<>)))
        {
            Walk(type.GenericTypeArguments[0], place);
            return;
        }

        Report(place, $"returns {type.Name}: a grain call is a Task, a ValueTask or an IAsyncEnumerable");
    }

    private void CheckParameter(ParameterInfo parameter, bool isLast, string place)
    {
        if (parameter.ParameterType == typeof(CancellationToken))
        {
            if (!isLast)
            {
                Report(place, "the cancellation token comes last");
            }

            return;
        }

        if (parameter.ParameterType.IsByRef)
        {
            Report(place, "is passed by reference, which does not cross a call");
            return;
        }

        if (parameter.IsOptional)
        {
            Report(place, "is optional: its default would be compiled into the callers");
        }

        Walk(parameter.ParameterType, place);
    }

    /// <summary>Checks one type and everything below it.</summary>
    private void Walk(Type type, string place)
    {
        if (type.IsGenericParameter || SupportedTypes.IsLeaf(type) || GrainInterfaces.Is(type) || !seen.Add(type))
        {
            return;
        }

        if (type.IsArray)
        {
            Walk(type.GetElementType()!, place);
        }
        else if (surrogates.TryGetValue(type, out var surrogate))
        {
            Walk(surrogate, place);
        }
        else if (SupportedTypes.IsContainer(type))
        {
            foreach (var argument in type.GenericTypeArguments)
            {
                Walk(argument, place);
            }
        }
        else if (!types.Contains(Definition(type)))
        {
            Report(place, $"carries {type.FullName ?? type.Name}, which no serializer of ours or of Orleans is known for");
        }
        else
        {
            foreach (var argument in type.GenericTypeArguments)
            {
                Walk(argument, place);
            }

            CheckMessage(Definition(type), place);
        }
    }

    private void CheckMessage(Type type, string place)
    {
        if (!Has(type, "GenerateSerializerAttribute"))
        {
            Report(type.FullName!, $"has no [GenerateSerializer] (it is carried by {place})");
            return;
        }

        CheckAlias(type);
        CheckShape(type);
        CheckMembers(type);
        if (type.IsAbstract)
        {
            // Each case by itself: an attribute on the base says nothing of them.
            foreach (var derived in types.Where(candidate => candidate.BaseType is { } parent && Definition(parent) == type))
            {
                Walk(derived, type.FullName!);
            }
        }

        if (type.BaseType is { } baseType && types.Contains(Definition(baseType)))
        {
            Walk(baseType, type.FullName!);
        }
    }

    private void CheckShape(Type type)
    {
        var isException = typeof(Exception).IsAssignableFrom(type);
        var isSurrogate = surrogates.ContainsValue(type);
        if (type.IsClass && !type.IsSealed && !type.IsAbstract)
        {
            Report(type.FullName!, "is neither sealed nor abstract: an unknown case could be sent");
        }

        if (!isException && !isSurrogate && !IsRecord(type))
        {
            Report(type.FullName!, "is no record: messages and states are sealed immutable records");
        }

        if (type.GetMethods().Any(method => method.Name == "Deconstruct" && method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)))
        {
            Report(type.FullName!, "is a positional record: its serialized members would be numbered by their order");
        }

        if (!isSurrogate && type.GetProperties(Declared).Any(property => property.SetMethod is { } setter && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))))
        {
            Report(type.FullName!, "can be changed after it was made: write { get; init; }");
        }

        if (!isSurrogate && type.GetFields(Declared).Any(field => !field.IsInitOnly && !field.IsLiteral && !IsBacking(field)))
        {
            Report(type.FullName!, "has a field that can be changed");
        }
    }

    private void CheckMembers(Type type)
    {
        var ids = new Dictionary<uint, string>();
        foreach (var field in type.GetFields(Declared).Where(field => !field.IsLiteral))
        {
            MemberInfo? member = IsBacking(field) ? type.GetProperty(field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)], Declared) : field;
            // What the compiler keeps for itself (the parameters of a primary constructor) has no member.
            if (member is null || Has(field, "NonSerializedAttribute"))
            {
                continue;
            }

            var place = $"{type.FullName}.{member.Name}";
            var id = member.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType.Name == "IdAttribute");
            if (id is null)
            {
                Report(place, "has no [Id]");
            }
            else if (!ids.TryAdd((uint)id.ConstructorArguments[0].Value!, member.Name))
            {
                Report(place, $"has the [Id] of {ids[(uint)id.ConstructorArguments[0].Value!]}");
            }

            Walk(field.FieldType, place);
        }
    }

    private void CheckAlias(Type type)
    {
        var alias = type.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType.Name == "AliasAttribute")?.ConstructorArguments[0].Value as string;
        if (string.IsNullOrEmpty(alias))
        {
            Report(type.FullName!, "has no [Alias]: renaming it would lose what is stored and break running silos");
        }
        else if (!aliases.TryAdd(alias, type) && aliases[alias] != type)
        {
            Report(type.FullName!, $"has the [Alias] of {aliases[alias].FullName}");
        }
    }

    private void Report(string place, string problem) => violations.Add(new Violation(place, problem));

    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static bool IsBacking(FieldInfo field) => field.Name.StartsWith('<') && field.Name.EndsWith(">k__BackingField", StringComparison.Ordinal);

    // Every record prints its members by a method of this name.
    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Declared) is not null;

    private static bool Has(MemberInfo member, string attribute) => member.CustomAttributes.Any(a => a.AttributeType.Name == attribute);

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;
}
