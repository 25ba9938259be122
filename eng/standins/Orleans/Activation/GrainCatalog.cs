using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace Orleans.Runtime;

/// <summary>All grain classes of the assemblies that use this one, by interface and by type name.</summary>
internal sealed class GrainCatalog
{
    private static readonly string _self = typeof(GrainCatalog).Assembly.GetName().Name!;
    private static readonly Lazy<GrainCatalog> _instance = new(static () => new GrainCatalog());

    private readonly ConcurrentDictionary<GrainType, GrainClass> _byName = new();
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainClass> _byInterface = new();
    private readonly HashSet<Assembly> _seen = [];
    private readonly List<GrainClass> _classes = [];
    private readonly Lock _gate = new();

    private GrainCatalog() => Scan();

    public static GrainCatalog Instance => _instance.Value;

    /// <summary>Every type of the assemblies that use this one.</summary>
    public static IEnumerable<Type> ReachableTypes() => Reachable().SelectMany(TypesOf);

    /// <summary>Finds an interface by its full name.</summary>
    public static Type FindInterface(string name) => ReachableTypes().FirstOrDefault(t => t.IsInterface && t.FullName == name)
        ?? throw new ArgumentException($"Could not find grain interface '{name}'.");

    /// <summary>Finds a class by its type name.</summary>
    public GrainClass? Find(GrainType type)
    {
        if (_byName.TryGetValue(type, out var known))
        {
            return known;
        }

        Scan();
        return _byName.GetValueOrDefault(type);
    }

    /// <summary>Finds the class that implements an interface; throws if there is none, or more than one.</summary>
    public GrainClass Implementing(Type interfaceType, string? prefix)
    {
        if (_byInterface.TryGetValue((interfaceType, prefix), out var known))
        {
            return known;
        }

        Scan();
        return _byInterface.GetOrAdd((interfaceType, prefix), static (key, self) => self.Choose(key.Interface, key.Prefix), this);
    }

    private GrainClass Choose(Type interfaceType, string? prefix)
    {
        GrainClass[] candidates;
        lock (_gate)
        {
            candidates = [.. _classes.Select(c => Close(c, interfaceType)).OfType<GrainClass>()];
        }

        if (prefix is not null)
        {
            candidates = [.. candidates.Where(c => c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal)
                || c.GrainType.ToString().StartsWith(prefix, StringComparison.OrdinalIgnoreCase))];
        }

        if (candidates.Length > 1 && Array.Find(candidates, c => "I" + c.Type.Name == interfaceType.Name) is { } conventional)
        {
            candidates = [conventional];
        }

        return candidates switch
        {
            [var only] => only,
            [] => throw new ArgumentException($"Could not find an implementation for interface {interfaceType}"),
            _ => throw new ArgumentException($"Unable to identify a single appropriate grain type for interface {interfaceType}. Candidates: {string.Join(", ", candidates.Select(static c => c.Type))}"),
        };
    }

    private GrainClass? Close(GrainClass candidate, Type interfaceType)
    {
        if (interfaceType.IsAssignableFrom(candidate.Type))
        {
            return candidate;
        }

        if (!candidate.Type.IsGenericTypeDefinition || !interfaceType.IsConstructedGenericType)
        {
            return null;
        }

        var arguments = interfaceType.GetGenericArguments();
        var matches = candidate.Type.GetGenericArguments().Length == arguments.Length && candidate.Type.GetInterfaces()
            .Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == interfaceType.GetGenericTypeDefinition());
        if (!matches)
        {
            return null;
        }

        var name = GrainType.Create($"{candidate.GrainType}[{string.Join(",", arguments.Select(static a => a.FullName))}]");
        return _byName.GetOrAdd(name, n => new GrainClass(candidate.Type.MakeGenericType(arguments), n));
    }

    private void Scan()
    {
        lock (_gate)
        {
            foreach (var assembly in Reachable())
            {
                if (!_seen.Add(assembly))
                {
                    continue;
                }

                foreach (var type in TypesOf(assembly))
                {
                    if (type is { IsClass: true, IsAbstract: false } && typeof(IGrainBase).IsAssignableFrom(type) && typeof(IAddressable).IsAssignableFrom(type))
                    {
                        Add(new GrainClass(type));
                    }
                }
            }
        }
    }

    private void Add(GrainClass grainClass)
    {
        if (!_byName.TryAdd(grainClass.GrainType, grainClass))
        {
            throw new OrleansConfigurationException(
                $"Grain classes {grainClass.Type} and {_byName[grainClass.GrainType].Type} have the same grain type '{grainClass.GrainType}'. Give one a [GrainType].");
        }

        _classes.Add(grainClass);
    }

    private static IEnumerable<Assembly> Reachable()
    {
        var open = new Queue<Assembly>(AssemblyLoadContext.Default.Assemblies.Concat(AppDomain.CurrentDomain.GetAssemblies()).Where(static a => !a.IsDynamic));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out var assembly))
        {
            if (!seen.Add(assembly.FullName!) || assembly.FullName!.StartsWith("System.", StringComparison.Ordinal) || assembly.FullName.StartsWith("Microsoft.", StringComparison.Ordinal))
            {
                continue;
            }

            var references = assembly.GetReferencedAssemblies();
            if (Array.Exists(references, static r => r.Name == _self))
            {
                yield return assembly;
            }

            foreach (var reference in references)
            {
                if (!seen.Contains(reference.FullName) && !reference.FullName.StartsWith("System.", StringComparison.Ordinal)
                    && !reference.FullName.StartsWith("Microsoft.", StringComparison.Ordinal) && TryLoad(reference) is { } loaded)
                {
                    open.Enqueue(loaded);
                }
            }
        }
    }

    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
    }

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partial)
        {
            return partial.Types.OfType<Type>();
        }
    }
}
