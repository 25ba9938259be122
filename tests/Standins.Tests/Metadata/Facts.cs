using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;

namespace W0rktree.Standins.Tests.Metadata;

/// <summary>Spells the generic parameters of a type or method with their constraints.</summary>
internal static class Generics
{
    public static string Describe(MetadataReader reader, GenericParameterHandleCollection handles) =>
        string.Join("; ", handles.Select(handle =>
        {
            var parameter = reader.GetGenericParameter(handle);
            var constraints = parameter.GetConstraints()
                .Select(c => TypeNames.Of(reader, reader.GetGenericParameterConstraint(c).Type))
                .Order(StringComparer.Ordinal);
            return $"!{parameter.Index} {parameter.Attributes} [{string.Join(", ", constraints)}]";
        }));
}

/// <summary>Spells constants: enum values, const fields, defaults of parameters.</summary>
internal static class Constants
{
    public static string Describe(MetadataReader reader, ConstantHandle handle)
    {
        var constant = reader.GetConstant(handle);
        return constant.TypeCode == ConstantTypeCode.NullReference
            ? "null"
            : string.Create(CultureInfo.InvariantCulture, $"{reader.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode)}");
    }
}

/// <summary>Looks at custom attributes without loading the types they name.</summary>
internal static class Attributes
{
    public static bool Has(MetadataReader reader, CustomAttributeHandleCollection handles, string type) =>
        handles.Any(handle => NameOf(reader, handle) == type);

    /// <summary>Spells an attribute class's own usage: where it may stand, whether twice, whether it is inherited.</summary>
    public static string Usage(MetadataReader reader, CustomAttributeHandleCollection handles)
    {
        foreach (var handle in handles.Where(handle => NameOf(reader, handle) == "System.AttributeUsageAttribute"))
        {
            var value = reader.GetCustomAttribute(handle).DecodeValue(AttributeTypes.Instance);
            bool Named(string name, bool otherwise) => value.NamedArguments.FirstOrDefault(a => a.Name == name).Value as bool? ?? otherwise;
            var targets = (AttributeTargets)Convert.ToInt32(value.FixedArguments[0].Value, CultureInfo.InvariantCulture);
            return $"{targets}, multiple {Named("AllowMultiple", false)}, inherited {Named("Inherited", true)}";
        }

        return "";
    }

    public static string NameOf(MetadataReader reader, CustomAttributeHandle handle)
    {
        var constructor = reader.GetCustomAttribute(handle).Constructor;
        return constructor.Kind == HandleKind.MethodDefinition
            ? TypeNames.FullName(reader, reader.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType())
            : TypeNames.Of(reader, reader.GetMemberReference((MemberReferenceHandle)constructor).Parent);
    }

    /// <summary>Enough of types to decode attribute arguments; every enum met here is based on Int32.</summary>
    private sealed class AttributeTypes : ICustomAttributeTypeProvider<string>
    {
        public static readonly AttributeTypes Instance = new();

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => "System." + typeCode;

        public string GetSystemType() => "System.Type";

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => TypeNames.FullName(reader, handle);

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => TypeNames.FullName(reader, handle);

        public string GetTypeFromSerializedName(string name) => name;

        public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

        public bool IsSystemType(string type) => type == "System.Type";
    }
}
