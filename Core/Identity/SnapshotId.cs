using System.Diagnostics.CodeAnalysis;

namespace W0rktree.Core.Identity;

/// <summary>Identifies a snapshot by the hash of its canonical encoding.</summary>
/// <param name="Hash">The hash in the domain <see cref="HashDomain.Snapshot"/>.</param>
public readonly record struct SnapshotId(ContentHash Hash) : IComparable<SnapshotId>
{
    /// <summary>Gets whether this is the default value, which names nothing.</summary>
    public bool IsZero => Hash.IsZero;

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SnapshotId id)
    {
        var read = ContentHash.TryParse(text, out var hash);
        id = new SnapshotId(hash);
        return read;
    }

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static SnapshotId Parse(string text) => new(ContentHash.Parse(text));

    /// <summary>Formats the first 12 digits, for people.</summary>
    public string ToShortString() => Hash.ToShortString();

    /// <inheritdoc/>
    public int CompareTo(SnapshotId other) => Hash.CompareTo(other.Hash);

    /// <summary>Formats 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Hash.ToString();
}
