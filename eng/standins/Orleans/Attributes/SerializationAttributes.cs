namespace Orleans;

/// <summary>Says which members without <see cref="IdAttribute"/> get one by themselves.</summary>
public enum GenerateFieldIds
{
    /// <summary>None: ids are written by hand.</summary>
    None = 0,

    /// <summary>Public properties do.</summary>
    PublicProperties = 1,
}

/// <summary>Marks a type whose members with <see cref="IdAttribute"/> may cross a grain call.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute
{
    /// <summary>Says whether the parameters of a primary constructor are members too; records do so by default.</summary>
    public bool IncludePrimaryConstructorParameters { get; init; }

    /// <summary>Says which members get an id by themselves.</summary>
    public GenerateFieldIds GenerateFieldIds { get; init; }
}

/// <summary>Gives a member its number within its type.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class IdAttribute : Attribute
{
    /// <summary>Gives the number.</summary>
    public IdAttribute(uint id) => Id = id;

    /// <summary>The number.</summary>
    public uint Id { get; }
}

/// <summary>Gives a type or method a name that survives renaming.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method | AttributeTargets.Interface, AllowMultiple = true)]
public sealed class AliasAttribute : Attribute
{
    /// <summary>Gives the name.</summary>
    public AliasAttribute(string alias) => Alias = alias;

    /// <summary>The name.</summary>
    public string Alias { get; }
}

/// <summary>Promises that a value is never changed, so that it crosses calls without a copy.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = false)]
public sealed class ImmutableAttribute : Attribute
{
}

/// <summary>Leaves members with default values out of the encoding.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class OmitDefaultMemberValuesAttribute : Attribute
{
}

/// <summary>Says that values of the type are never seen twice in one message.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SuppressReferenceTrackingAttribute : Attribute
{
}

/// <summary>Marks a surrogate converter.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class RegisterConverterAttribute : Attribute
{
}

/// <summary>Asks for code generation for the assembly that declares a type.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class GenerateCodeForDeclaringAssemblyAttribute : Attribute
{
    /// <summary>Names the assembly by one of its types.</summary>
    public GenerateCodeForDeclaringAssemblyAttribute(Type type) => Type = type;

    /// <summary>A type of the assembly.</summary>
    public Type Type { get; }
}

/// <summary>Converts a foreign type to and from a surrogate that can be serialized.</summary>
public interface IConverter<TValue, TSurrogate>
    where TSurrogate : struct
{
    /// <summary>Makes the value from its surrogate.</summary>
    TValue ConvertFromSurrogate(in TSurrogate surrogate);

    /// <summary>Makes the surrogate of a value.</summary>
    TSurrogate ConvertToSurrogate(in TValue value);
}
