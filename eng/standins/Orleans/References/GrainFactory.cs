namespace Orleans.Runtime;

/// <summary>Makes references for one client or silo.</summary>
internal sealed class GrainFactory(ClientRuntime client, IServiceProvider services) : IClusterClient
{
    public ClientRuntime Client => client;

    public IServiceProvider ServiceProvider => services;

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey =>
        (TGrainInterface)(object)Get(typeof(TGrainInterface), GrainIdKeyExtensions.CreateGuidKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        (TGrainInterface)(object)Get(typeof(TGrainInterface), GrainIdKeyExtensions.CreateIntegerKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey =>
        (TGrainInterface)(object)Get(typeof(TGrainInterface), IdSpan.Create(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey =>
        (TGrainInterface)(object)Get(typeof(TGrainInterface), GrainIdKeyExtensions.CreateGuidKey(primaryKey, Checked(keyExtension)), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey =>
        (TGrainInterface)(object)Get(typeof(TGrainInterface), GrainIdKeyExtensions.CreateIntegerKey(primaryKey, Checked(keyExtension)), grainClassNamePrefix);

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (RuntimeContext.Current is Activation)
        {
            throw new InvalidOperationException("Cannot create a local object reference from a grain.");
        }

        return obj switch
        {
            null => throw new ArgumentNullException(nameof(obj)),
            GrainReference => throw new ArgumentException("Argument obj is already a grain reference.", nameof(obj)),
            IGrainBase => throw new ArgumentException("Argument must not be a grain class.", nameof(obj)),
            _ => (TGrainObserverInterface)(object)client.Observers.Add(typeof(TGrainObserverInterface), obj),
        };
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        var reference = obj as GrainReference
            ?? throw new ArgumentException("Argument reference is not a grain reference.", nameof(obj));
        client.Observers.Remove(reference.GrainId);
    }

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => (IGrain)Get(grainInterfaceType, GrainIdKeyExtensions.CreateGuidKey(grainPrimaryKey), null);

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => (IGrain)Get(grainInterfaceType, GrainIdKeyExtensions.CreateIntegerKey(grainPrimaryKey), null);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => (IGrain)Get(grainInterfaceType, IdSpan.Create(grainPrimaryKey), null);

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) =>
        (IGrain)Get(grainInterfaceType, GrainIdKeyExtensions.CreateGuidKey(grainPrimaryKey, keyExtension), null);

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) =>
        (IGrain)Get(grainInterfaceType, GrainIdKeyExtensions.CreateIntegerKey(grainPrimaryKey, keyExtension), null);

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => (TGrainInterface)(object)client.References.Create(typeof(TGrainInterface), grainId);

    public IAddressable GetGrain(GrainId grainId) => client.References.Untyped(grainId);

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) =>
        client.References.Create(GrainCatalog.FindInterface(interfaceType.ToString()), grainId);

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => Get(interfaceType, grainKey, grainClassNamePrefix);

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => Get(interfaceType, grainKey, null);

    private GrainReference Get(Type interfaceType, IdSpan key, string? prefix)
    {
        ArgumentNullException.ThrowIfNull(interfaceType);
        return client.References.Create(interfaceType, GrainId.Create(GrainCatalog.Instance.Implementing(interfaceType, prefix).GrainType, key));
    }

    private static string Checked(string keyExtension) => string.IsNullOrWhiteSpace(keyExtension)
        ? throw new ArgumentException("Key extension is empty or contains only whitespace.", nameof(keyExtension))
        : keyExtension;
}
