using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;

namespace W0rktree.Architecture.Tests.Isolation;

/// <summary>Everything outside itself that an assembly's code mentions, read from its metadata.</summary>
/// <param name="Types">Full names of the types of other assemblies.</param>
/// <param name="Members">Their members, as <c>Type::Member</c>.</param>
/// <param name="Natives">Functions that it calls by P/Invoke.</param>
/// <param name="Defined">Full names of its own types.</param>
/// <param name="Tuples">Its own visible members whose signature has a tuple.</param>
internal sealed record AssemblyUses(
    IReadOnlySet<string> Types, IReadOnlySet<string> Members, IReadOnlySet<string> Natives, IReadOnlySet<string> Defined, IReadOnlyList<string> Tuples)
{
    public static AssemblyUses Read(MetadataReader reader) => new(
        reader.TypeReferences.Select(handle => NameOf(reader, handle)).ToHashSet(),
        reader.MemberReferences.Select(handle => NameOf(reader, handle)).OfType<string>().ToHashSet(),
        reader.MethodDefinitions.Select(reader.GetMethodDefinition).Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl)).Select(method => NativeName(reader, method)).ToHashSet(),
        reader.TypeDefinitions.Select(handle => NameOf(reader, handle)).ToHashSet(),
        [.. reader.TypeDefinitions.Where(handle => IsVisible(reader, handle)).SelectMany(handle => MembersWithTuples(reader, handle))]);

    private static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf(reader, (TypeReferenceHandle)type.ResolutionScope)}+{reader.GetString(type.Name)}"
            : $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }

    private static string NameOf(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var outer = type.GetDeclaringType();
        return outer.IsNil ? $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}" : $"{NameOf(reader, outer)}+{reader.GetString(type.Name)}";
    }

    private static string? NameOf(MetadataReader reader, MemberReferenceHandle handle)
    {
        var member = reader.GetMemberReference(handle);
        var type = member.Parent.Kind switch
        {
            HandleKind.TypeReference => NameOf(reader, (TypeReferenceHandle)member.Parent),
            // Instances of generic types: Task`1<int> counts as Task`1.
            HandleKind.TypeSpecification => reader.GetTypeSpecification((TypeSpecificationHandle)member.Parent).DecodeSignature(new Names(), null),
            _ => null,
        };
        return type is null ? null : $"{type}::{reader.GetString(member.Name)}";
    }

    private static string NativeName(MetadataReader reader, MethodDefinition method)
    {
        var import = method.GetImport();
        return import.Name.IsNil ? reader.GetString(method.Name) : reader.GetString(import.Name);
    }

    private static IEnumerable<string> MembersWithTuples(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var names = new Names();
        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition).Where(method => IsVisible(method.Attributes)))
        {
            names.SawTuple = false;
            method.DecodeSignature(names, null);
            if (names.SawTuple)
            {
                yield return $"{NameOf(reader, handle)}.{reader.GetString(method.Name)}";
            }
        }

        foreach (var field in type.GetFields().Select(reader.GetFieldDefinition).Where(field => (field.Attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family))
        {
            names.SawTuple = false;
            field.DecodeSignature(names, null);
            if (names.SawTuple)
            {
                yield return $"{NameOf(reader, handle)}.{reader.GetString(field.Name)}";
            }
        }
    }

    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

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

    /// <summary>Spells a signature's outermost type, and notes whether a tuple is anywhere in it.</summary>
    private sealed class Names : ISignatureTypeProvider<string, object?>
    {
        public bool SawTuple { get; set; }

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var name = NameOf(reader, handle);
            SawTuple |= name.StartsWith("System.ValueTuple`", StringComparison.Ordinal);
            return name;
        }

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => NameOf(reader, handle);

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => "System." + typeCode;

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;

        public string GetGenericTypeParameter(object? genericContext, int index) => "!" + index;

        public string GetGenericMethodParameter(object? genericContext, int index) => "!!" + index;

        public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[]";

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetByReferenceType(string elementType) => elementType + "&";

        public string GetPointerType(string elementType) => elementType + "*";

        public string GetPinnedType(string elementType) => elementType;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "delegate*";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;
    }
}
