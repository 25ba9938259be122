using System.Reflection;

namespace Orleans.Serialization;

/// <summary>Finds the fields behind the members that cross calls.</summary>
internal static class SerializedMembers
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static List<(FieldInfo Field, bool IsImmutable)> Of(Type type)
    {
        var result = new List<(FieldInfo, bool)>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            var attribute = level.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false);
            if (attribute is null)
            {
                if (level.GetFields(Declared).Length > 0)
                {
                    throw new SerializerException($"Could not find a copier for type {type}: its base {level} has state but no [GenerateSerializer].");
                }

                continue;
            }

            Add(level, attribute, result);
        }

        return result;
    }

    private static void Add(Type level, GenerateSerializerAttribute attribute, List<(FieldInfo, bool)> result)
    {
        var seen = new Dictionary<uint, MemberInfo>();
        var primary = attribute.IncludePrimaryConstructorParameters || IsRecord(level) ? PrimaryConstructorNames(level) : [];
        foreach (var field in level.GetFields(Declared))
        {
            var property = PropertyOf(level, field);
            var member = (MemberInfo?)property ?? field;
            var id = member.GetCustomAttribute<IdAttribute>() ?? field.GetCustomAttribute<IdAttribute>();
            var isImplied = (attribute.GenerateFieldIds == GenerateFieldIds.PublicProperties && property?.GetMethod is { IsPublic: true })
                || (property is not null && primary.Contains(property.Name));
            if (id is null && !isImplied)
            {
                continue;
            }

            if (id is not null && !seen.TryAdd(id.Id, member))
            {
                throw new SerializerException($"Members {seen[id.Id].Name} and {member.Name} of {level} have the same [Id({id.Id})].");
            }

            result.Add((field, member.IsDefined(typeof(ImmutableAttribute)) || field.IsDefined(typeof(ImmutableAttribute))));
        }

        foreach (var property in level.GetProperties(Declared))
        {
            if (property.IsDefined(typeof(IdAttribute)) && level.GetField(BackingField(property.Name), Declared) is null)
            {
                throw new SerializerException($"Property {property.Name} of {level} has an [Id] but no field of its own; only auto-properties can be copied here.");
            }
        }
    }

    private static PropertyInfo? PropertyOf(Type level, FieldInfo field) =>
        field.Name is ['<', .. var rest] && rest.IndexOf('>') is > 0 and var end ? level.GetProperty(rest[..end], Declared) : null;

    private static string BackingField(string property) => $"<{property}>k__BackingField";

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$", Declared) is not null || (type.IsValueType && type.GetMethod("PrintMembers", Declared) is not null);

    private static HashSet<string> PrimaryConstructorNames(Type type)
    {
        // A record's primary constructor is the one whose parameters all have properties of the same name and type.
        var constructor = type.GetConstructors(Declared).Where(c => c.GetParameters() is { Length: > 0 } all
            && Array.TrueForAll(all, p => type.GetProperty(p.Name!, Declared)?.PropertyType == p.ParameterType))
            .MaxBy(static c => c.GetParameters().Length);
        return constructor is null ? [] : [.. constructor.GetParameters().Select(static p => p.Name!)];
    }
}
