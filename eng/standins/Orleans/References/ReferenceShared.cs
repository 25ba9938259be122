using System.Reflection;

namespace Orleans.Runtime;

/// <summary>What all references of one interface made by one client have in common.</summary>
internal sealed class ReferenceShared(ClientRuntime client, Type interfaceType, MethodEntry[] methods)
{
    public ClientRuntime Client { get; } = client;

    public Type InterfaceType { get; } = interfaceType;

    public GrainInterfaceType GrainInterfaceType { get; } = NameOf(interfaceType);

    public MethodEntry[] Methods { get; } = methods;

    private static GrainInterfaceType NameOf(Type type) =>
        GrainInterfaceType.Create(type.GetCustomAttributes<AliasAttribute>().FirstOrDefault()?.Alias ?? type.FullName ?? type.Name);
}
