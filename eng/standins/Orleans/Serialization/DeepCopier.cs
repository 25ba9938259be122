namespace Orleans.Serialization;

/// <summary>Copies values as a call would.</summary>
public sealed class DeepCopier
{
    internal DeepCopier()
    {
    }

    /// <summary>Copies a value.</summary>
    public T Copy<T>(T value) => Copiers.Copy(value, new CopyContext());
}
