using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace W0rktree.Standins.Tests.Metadata;

/// <summary>Reads the visible surface of an assembly from its metadata.</summary>
internal static class ApiReader
{
    public static ApiAssembly Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream);
    }

    public static ApiAssembly Read(Stream stream)
    {
        using var file = new PEReader(stream, PEStreamOptions.LeaveOpen);
        var reader = file.GetMetadataReader();
        var assembly = reader.GetString(reader.GetAssemblyDefinition().Name);
        var types = reader.TypeDefinitions.Where(handle => IsVisible(reader, handle))
            .Select(handle => ReadType(reader, handle, assembly))
            .ToDictionary(type => type.FullName);
        return new ApiAssembly(assembly, types);
    }

    private static ApiType ReadType(MetadataReader reader, TypeDefinitionHandle handle, string assembly)
    {
        var type = reader.GetTypeDefinition(handle);
        var baseType = type.BaseType.IsNil ? "" : TypeNames.Of(reader, type.BaseType);
        var kind = KindOf(type, baseType);
        var isStatic = type.Attributes.HasFlag(TypeAttributes.Abstract | TypeAttributes.Sealed);
        var facts = new Dictionary<string, string>
        {
            ["kind"] = kind,
            ["access"] = AccessOf(type.Attributes),
            ["static"] = isStatic.ToString(),
            ["abstract"] = (kind == "class" && !isStatic && type.Attributes.HasFlag(TypeAttributes.Abstract)).ToString(),
            ["sealed"] = (kind == "class" && type.Attributes.HasFlag(TypeAttributes.Sealed)).ToString(),
            ["generic parameters"] = Generics.Describe(reader, type.GetGenericParameters()),
            ["by-ref like"] = Attributes.Has(reader, type.GetCustomAttributes(), "System.Runtime.CompilerServices.IsByRefLikeAttribute").ToString(),
            ["read-only"] = Attributes.Has(reader, type.GetCustomAttributes(), "System.Runtime.CompilerServices.IsReadOnlyAttribute").ToString(),
            ["underlying type"] = kind == "enum" ? UnderlyingType(reader, type) : "",
            ["attribute usage"] = Attributes.Usage(reader, type.GetCustomAttributes()),
        };
        return new ApiType(
            assembly,
            NamespaceOf(reader, type),
            TypeNames.FullName(reader, handle),
            facts,
            baseType,
            type.GetInterfaceImplementations().Select(i => TypeNames.Of(reader, reader.GetInterfaceImplementation(i).Interface)).ToHashSet(),
            [.. MemberReader.Read(reader, type, kind)]);
    }

    private static string KindOf(TypeDefinition type, string baseType) => baseType switch
    {
        _ when type.Attributes.HasFlag(TypeAttributes.Interface) => "interface",
        "System.Enum" => "enum",
        "System.ValueType" => "struct",
        "System.MulticastDelegate" => "delegate",
        _ => "class",
    };

    private static string UnderlyingType(MetadataReader reader, TypeDefinition type) => type.GetFields()
        .Select(reader.GetFieldDefinition)
        .Single(field => !field.Attributes.HasFlag(FieldAttributes.Static))
        .DecodeSignature(TypeNames.Instance, null);

    private static string NamespaceOf(MetadataReader reader, TypeDefinition type)
    {
        while (!type.GetDeclaringType().IsNil)
        {
            type = reader.GetTypeDefinition(type.GetDeclaringType());
        }

        return reader.GetString(type.Namespace);
    }

    private static string AccessOf(TypeAttributes attributes) => (attributes & TypeAttributes.VisibilityMask) switch
    {
        TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => "protected",
        _ => "public",
    };

    private static bool IsVisible(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(reader, type.GetDeclaringType()),
            _ => false,
        };
    }
}
