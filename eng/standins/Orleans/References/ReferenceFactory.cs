using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>Makes the references of one client.</summary>
internal sealed class ReferenceFactory(ClientRuntime client)
{
    private readonly ConcurrentDictionary<Type, (ReferenceShared Shared, Func<ReferenceShared, GrainId, GrainReference> Make)> _byInterface = new();

    /// <summary>Makes a reference with an interface.</summary>
    public GrainReference Create(Type interfaceType, GrainId grainId)
    {
        var (shared, make) = _byInterface.GetOrAdd(interfaceType, static (type, self) => self.Prepare(type), this);
        return make(shared, grainId);
    }

    /// <summary>Makes a reference without an interface, to be cast.</summary>
    public GrainReference Untyped(GrainId grainId) => Create(typeof(IAddressable), grainId);

    private (ReferenceShared Shared, Func<ReferenceShared, GrainId, GrainReference> Make) Prepare(Type type)
    {
        if (!type.IsInterface)
        {
            throw new ArgumentException($"{type} is not an interface, so nothing can be referred to by it.");
        }

        var proxy = ProxyFactory.For(type);
        return (new ReferenceShared(client, type, proxy.Methods), proxy.Make);
    }
}
