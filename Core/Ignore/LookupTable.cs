namespace W0rktree.Core.Ignore;

/// <summary>
/// Maps literal byte strings to the last pattern that has them, so that any number of literal patterns costs one
/// hashed lookup, and mostly not even that.
/// </summary>
internal sealed class LookupTable
{
    private readonly Dictionary<byte[], LastMatch> _entries = new(ByteKeyComparer.Instance);
    private readonly Dictionary<byte[], LastMatch>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly EndFilter _ends = new();
    private int[] _lengths = [];

    public LookupTable() => _lookup = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();

    public void Add(byte[] key, int pattern, bool directoryOnly)
    {
        _entries.TryGetValue(key, out var last);
        _entries[key] = last.With(pattern, directoryOnly);
        _ends.Add(key);
        if (!_lengths.AsSpan().Contains(key.Length))
        {
            _lengths = [.. _lengths, key.Length];
        }
    }

    /// <summary>Gives the number of the last pattern whose key is the text and that applies, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text, bool isDirectory) => _ends.MayEnd(text) ? Look(text, isDirectory) : -1;

    /// <summary>Gives the number of the last pattern whose key is the end of the text and that applies, or -1.</summary>
    public int FindEnd(ReadOnlySpan<byte> text, bool isDirectory)
    {
        var best = -1;
        if (_ends.MayEnd(text))
        {
            foreach (var length in _lengths)
            {
                if (length <= text.Length)
                {
                    best = Math.Max(best, Look(text[^length..], isDirectory));
                }
            }
        }

        return best;
    }

    private int Look(ReadOnlySpan<byte> key, bool isDirectory) => _lookup.TryGetValue(key, out var last) ? last.For(isDirectory) : -1;

    /// <summary>The last pattern for files and the last for directories, each plus one so that the default means none.</summary>
    private readonly record struct LastMatch(int ForFile, int ForDirectory)
    {
        public LastMatch With(int pattern, bool directoryOnly) => new(directoryOnly ? ForFile : pattern + 1, pattern + 1);

        public int For(bool isDirectory) => (isDirectory ? ForDirectory : ForFile) - 1;
    }
}
