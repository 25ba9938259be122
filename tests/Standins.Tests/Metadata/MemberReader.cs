using System.Reflection;
using System.Reflection.Metadata;

namespace W0rktree.Standins.Tests.Metadata;

/// <summary>Reads the visible members of one type.</summary>
internal static class MemberReader
{
    public static IEnumerable<ApiMember> Read(MetadataReader reader, TypeDefinition type, string kind)
    {
        foreach (var handle in type.GetFields())
        {
            var field = reader.GetFieldDefinition(handle);
            if (AccessOf(field.Attributes) is { } access && !field.Attributes.HasFlag(FieldAttributes.RTSpecialName))
            {
                yield return Field(reader, field, access);
            }
        }

        foreach (var handle in type.GetMethods())
        {
            var method = reader.GetMethodDefinition(handle);
            if (AccessOf(method.Attributes) is { } access)
            {
                yield return Method(reader, method, access, kind);
            }
        }

        // Accessors are compared as methods; what is left is that the member is a property or event at all.
        foreach (var handle in type.GetProperties())
        {
            var property = reader.GetPropertyDefinition(handle);
            var accessors = property.GetAccessors();
            if (new[] { accessors.Getter, accessors.Setter }.Any(accessor => IsVisible(reader, accessor)))
            {
                var signature = property.DecodeSignature(TypeNames.Instance, null);
                var name = reader.GetString(property.Name);
                var required = Attributes.Has(reader, property.GetCustomAttributes(), "System.Runtime.CompilerServices.RequiredMemberAttribute");
                var facts = new Dictionary<string, string> { ["type"] = signature.ReturnType, ["required"] = required.ToString() };
                yield return new ApiMember($"property {name}({string.Join(", ", signature.ParameterTypes)})", name, facts, IsOverride: Overrides(reader, accessors));
            }
        }

        foreach (var handle in type.GetEvents())
        {
            var member = reader.GetEventDefinition(handle);
            if (IsVisible(reader, member.GetAccessors().Adder))
            {
                var name = reader.GetString(member.Name);
                yield return new ApiMember($"event {name}", name, new Dictionary<string, string> { ["type"] = TypeNames.Of(reader, member.Type) }, IsOverride: false);
            }
        }
    }

    /// <summary>Spells a method as <see cref="ApiMember.Key"/> does.</summary>
    public static string MethodKey(string name, MethodSignature<string> signature)
    {
        var arity = signature.GenericParameterCount == 0 ? "" : $"`{signature.GenericParameterCount}";
        // Conversion operators differ by what they return.
        var returns = name is "op_Implicit" or "op_Explicit" ? $" : {signature.ReturnType}" : "";
        return $"method {name}{arity}({string.Join(", ", signature.ParameterTypes)}){returns}";
    }

    private static ApiMember Field(MetadataReader reader, FieldDefinition field, string access)
    {
        var name = reader.GetString(field.Name);
        var constant = field.GetDefaultValue();
        return new ApiMember($"field {name}", name, new Dictionary<string, string>
        {
            ["access"] = access,
            ["type"] = field.DecodeSignature(TypeNames.Instance, null),
            ["static"] = field.Attributes.HasFlag(FieldAttributes.Static).ToString(),
            ["read-only"] = field.Attributes.HasFlag(FieldAttributes.InitOnly).ToString(),
            ["constant"] = constant.IsNil ? "" : Constants.Describe(reader, constant),
        }, IsOverride: false);
    }

    private static ApiMember Method(MetadataReader reader, MethodDefinition method, string access, string kind)
    {
        var name = reader.GetString(method.Name);
        var signature = method.DecodeSignature(TypeNames.Instance, null);
        var isVirtual = method.Attributes.HasFlag(MethodAttributes.Virtual) && !method.Attributes.HasFlag(MethodAttributes.Final);
        var isOverride = method.Attributes.HasFlag(MethodAttributes.Virtual) && !method.Attributes.HasFlag(MethodAttributes.NewSlot) && kind != "interface";
        return new ApiMember(MethodKey(name, signature), name, new Dictionary<string, string>
        {
            ["access"] = access,
            ["return type"] = signature.ReturnType,
            ["static"] = method.Attributes.HasFlag(MethodAttributes.Static).ToString(),
            ["abstract"] = method.Attributes.HasFlag(MethodAttributes.Abstract).ToString(),
            ["virtual"] = isVirtual.ToString(),
            ["extension"] = Attributes.Has(reader, method.GetCustomAttributes(), "System.Runtime.CompilerServices.ExtensionAttribute").ToString(),
            ["generic parameters"] = Generics.Describe(reader, method.GetGenericParameters()),
            ["parameters"] = Parameters(reader, method, signature.ParameterTypes.Length),
        }, isOverride);
    }

    private static string Parameters(MetadataReader reader, MethodDefinition method, int count)
    {
        var spelled = new string[count];
        Array.Fill(spelled, "?");
        foreach (var handle in method.GetParameters())
        {
            var parameter = reader.GetParameter(handle);
            if (parameter.SequenceNumber == 0)
            {
                continue;
            }

            var kind = (parameter.Attributes & (ParameterAttributes.In | ParameterAttributes.Out)) switch
            {
                ParameterAttributes.In => "in ",
                ParameterAttributes.Out => "out ",
                _ => Attributes.Has(reader, parameter.GetCustomAttributes(), "System.ParamArrayAttribute") ? "params " : "",
            };
            var constant = parameter.GetDefaultValue();
            var optional = parameter.Attributes.HasFlag(ParameterAttributes.Optional)
                ? constant.IsNil ? " = (optional)" : $" = {Constants.Describe(reader, constant)}"
                : "";
            spelled[parameter.SequenceNumber - 1] = kind + reader.GetString(parameter.Name) + optional;
        }

        return string.Join(", ", spelled);
    }

    private static bool Overrides(MetadataReader reader, PropertyAccessors accessors)
    {
        var accessor = accessors.Getter.IsNil ? accessors.Setter : accessors.Getter;
        var attributes = reader.GetMethodDefinition(accessor).Attributes;
        return attributes.HasFlag(MethodAttributes.Virtual) && !attributes.HasFlag(MethodAttributes.NewSlot);
    }

    private static bool IsVisible(MetadataReader reader, MethodDefinitionHandle handle) =>
        !handle.IsNil && AccessOf(reader.GetMethodDefinition(handle).Attributes) is not null;

    private static string? AccessOf(MethodAttributes attributes) => (attributes & MethodAttributes.MemberAccessMask) switch
    {
        MethodAttributes.Public => "public",
        MethodAttributes.Family or MethodAttributes.FamORAssem => "protected",
        _ => null,
    };

    private static string? AccessOf(FieldAttributes attributes) => (attributes & FieldAttributes.FieldAccessMask) switch
    {
        FieldAttributes.Public => "public",
        FieldAttributes.Family or FieldAttributes.FamORAssem => "protected",
        _ => null,
    };
}
