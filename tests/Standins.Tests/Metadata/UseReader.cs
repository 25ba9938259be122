using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace W0rktree.Standins.Tests.Metadata;

/// <summary>
/// Reads what a real assembly expects of others. Where <c>Grpc.Core.Api</c> itself cannot be had, the calls that
/// <c>Grpc.Net.Client</c> makes to it still say what it looks like.
/// </summary>
internal static class UseReader
{
    public static IReadOnlyList<ApiUse> Read(string path)
    {
        using var stream = File.OpenRead(path);
        using var file = new PEReader(stream);
        var reader = file.GetMetadataReader();
        var from = reader.GetString(reader.GetAssemblyDefinition().Name);
        var types = reader.TypeReferences.Select(handle => TypeUse(reader, handle, from));
        var members = reader.MemberReferences.Select(handle => MemberUse(reader, handle, from));
        return [.. types.Concat(members).OfType<ApiUse>()];
    }

    private static ApiUse? TypeUse(MetadataReader reader, TypeReferenceHandle handle, string from) =>
        AssemblyOf(reader, handle) is { } assembly
            ? new ApiUse(from, assembly, TypeNames.FullName(reader, handle), Key: null, Name: null, ReturnType: null)
            : null;

    private static ApiUse? MemberUse(MetadataReader reader, MemberReferenceHandle handle, string from)
    {
        var member = reader.GetMemberReference(handle);
        if (member.GetKind() != MemberReferenceKind.Method || ParentOf(reader, member.Parent) is not { } parent || AssemblyOf(reader, parent) is not { } assembly)
        {
            return null;
        }

        var signature = member.DecodeMethodSignature(TypeNames.Instance, null);
        var name = reader.GetString(member.Name);
        return new ApiUse(from, assembly, TypeNames.FullName(reader, parent), MemberReader.MethodKey(name, signature), name, signature.ReturnType);
    }

    private static TypeReferenceHandle? ParentOf(MetadataReader reader, EntityHandle parent)
    {
        if (parent.Kind == HandleKind.TypeReference)
        {
            return (TypeReferenceHandle)parent;
        }

        if (parent.Kind != HandleKind.TypeSpecification)
        {
            return null;
        }

        // GENERICINST (0x15), CLASS or VALUETYPE, then the generic type itself; arrays and pointers have no members of interest.
        var blob = reader.GetBlobReader(reader.GetTypeSpecification((TypeSpecificationHandle)parent).Signature);
        if (blob.ReadByte() != 0x15)
        {
            return null;
        }

        blob.ReadByte();
        var generic = blob.ReadTypeHandle();
        return generic.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)generic : null;
    }

    private static string? AssemblyOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var scope = reader.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => AssemblyOf(reader, (TypeReferenceHandle)scope),
            HandleKind.AssemblyReference => reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name),
            _ => null,
        };
    }
}
