using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Writes integers, GUIDs and their compounds as grain keys, and reads them back.</summary>
public static class GrainIdKeyExtensions
{
    /// <summary>Makes a key of an integer: upper-case hexadecimal.</summary>
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X"));

    /// <summary>Makes a key of an integer and a text.</summary>
    public static IdSpan CreateIntegerKey(long key, string? keyExtension) =>
        string.IsNullOrWhiteSpace(keyExtension) ? CreateIntegerKey(key) : IdSpan.Create($"{key:X}+{keyExtension}");

    /// <summary>Makes a key of a GUID: 32 lower-case digits.</summary>
    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    /// <summary>Makes a key of a GUID and a text.</summary>
    public static IdSpan CreateGuidKey(Guid key, string? keyExtension) =>
        string.IsNullOrWhiteSpace(keyExtension) ? CreateGuidKey(key) : IdSpan.Create($"{key:N}+{keyExtension}");

    /// <summary>Reads an integer key.</summary>
    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        Split(grainId, out var first, out keyExt);
        return long.TryParse(first, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    /// <summary>Reads an integer key, or throws.</summary>
    public static long GetIntegerKey(this GrainId grainId, out string? keyExt) =>
        TryGetIntegerKey(grainId, out var key, out keyExt) ? key : Throw<long>(grainId, "integer");

    /// <summary>Reads an integer key, or throws.</summary>
    public static long GetIntegerKey(this GrainId grainId) => GetIntegerKey(grainId, out _);

    /// <summary>Reads a GUID key.</summary>
    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        Split(grainId, out var first, out keyExt);
        return Guid.TryParseExact(first, "N", out key);
    }

    /// <summary>Reads a GUID key, or throws.</summary>
    public static Guid GetGuidKey(this GrainId grainId, out string? keyExt) =>
        TryGetGuidKey(grainId, out var key, out keyExt) ? key : Throw<Guid>(grainId, "GUID");

    /// <summary>Reads a GUID key, or throws.</summary>
    public static Guid GetGuidKey(this GrainId grainId) => GetGuidKey(grainId, out _);

    private static void Split(GrainId grainId, out string first, out string? extension)
    {
        var text = grainId.Key.ToString();
        var plus = text.IndexOf('+');
        (first, extension) = plus < 0 ? (text, null) : (text[..plus], text[(plus + 1)..]);
    }

    [DoesNotReturn]
    private static T Throw<T>(GrainId grainId, string kind) =>
        throw new ArgumentException($"The key of '{grainId}' is not of kind {kind}.");
}
