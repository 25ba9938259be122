namespace W0rktree.Core.TreeMerge;

/// <summary>What the attribute files on the way from the root of a tree down to one directory say. Immutable.</summary>
public sealed class AttributeTrail
{
    /// <summary>The name of attribute files.</summary>
    public const string FileName = ".gitattributes";

    /// <summary>The largest attribute file that is read.</summary>
    public const long MaxFileBytes = AttributeFile.MaxBytes;

    private readonly AttributeTrail? _above;
    private readonly AttributeFile? _file;
    private readonly int _start;

    private AttributeTrail(AttributeTrail? above, AttributeFile? file, int start) => (_above, _file, _start) = (above, file, start);

    /// <summary>The trail on which nothing was said yet.</summary>
    public static AttributeTrail Empty { get; } = new(null, null, 0);

    /// <summary>Gives the trail with the attribute file of a directory.</summary>
    /// <param name="text">The file.</param>
    /// <param name="start">Where names in that directory begin in their paths.</param>
    public AttributeTrail With(ReadOnlySpan<byte> text, int start) => new(this, AttributeFile.Parse(text), start);

    /// <summary>Tells whether an attribute is set, by itself and not to a value, for a path at the end of the trail.</summary>
    public bool IsSet(string name, ReadOnlySpan<byte> path, bool isDirectory)
    {
        if (_file is null)
        {
            return false;
        }

        var said = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var at = this; at._file is not null; at = at._above!)
        {
            at._file.Collect(path[at._start..], said, isDirectory);
        }

        return said.GetValueOrDefault(name) == "+";
    }
}
