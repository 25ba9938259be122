namespace W0rktree.Core.Ignore;

/// <summary>
/// Maps literal byte strings to the last pattern that has them, so that any number of literal patterns costs one
/// hashed lookup.
/// </summary>
internal sealed class LookupTable
{
    private readonly Dictionary<byte[], LastMatch> _entries = new(ByteKeyComparer.Instance);
    private readonly Dictionary<byte[], LastMatch>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private int[] _lengths = [];
    private ByteSet _lastBytes;
    private bool _hasEmptyKey;

    public LookupTable() => _lookup = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The distinct lengths of the keys, for probing beginnings and ends of a text.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>False when no key can be the end of the text: a cheap look before the lookups.</summary>
    public bool MayEndIn(ReadOnlySpan<byte> text) => _hasEmptyKey || (!text.IsEmpty && _lastBytes.Contains(text[^1]));

    public void Add(byte[] key, int pattern, bool directoryOnly)
    {
        _entries.TryGetValue(key, out var last);
        _entries[key] = last.With(pattern, directoryOnly);
        if (key.Length == 0)
        {
            // The pattern '*': it ends every text.
            _hasEmptyKey = true;
        }
        else
        {
            _lastBytes.Add(key[^1]);
        }

        if (!_lengths.AsSpan().Contains(key.Length))
        {
            _lengths = [.. _lengths, key.Length];
        }
    }

    /// <summary>Gives the number of the last pattern with that key that applies, or -1.</summary>
    public int Find(ReadOnlySpan<byte> key, bool isDirectory) =>
        _entries.Count != 0 && _lookup.TryGetValue(key, out var last) ? last.For(isDirectory) : -1;

    /// <summary>The last pattern for files and the last for directories, each plus one so that the default means none.</summary>
    private readonly record struct LastMatch(int ForFile, int ForDirectory)
    {
        public LastMatch With(int pattern, bool directoryOnly) => new(directoryOnly ? ForFile : pattern + 1, pattern + 1);

        public int For(bool isDirectory) => (isDirectory ? ForDirectory : ForFile) - 1;
    }
}
