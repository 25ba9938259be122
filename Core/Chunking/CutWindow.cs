namespace W0rktree.Core.Chunking;

/// <summary>
/// The part of a content that is in view while it is cut: chunks are taken at the front of a buffer, what is read comes in behind.
/// The buffer has more than <see cref="FastCdc.MaximumBytes"/>. For one thread at a time.
/// </summary>
public sealed class CutWindow
{
    private readonly FastCdc _cutter;
    private readonly byte[] _buffer;
    private int _start;
    private int _filled;
    private int _seen;

    /// <summary>Gives a window on a buffer whose first <paramref name="filled"/> bytes are read already.</summary>
    public CutWindow(FastCdc cutter, byte[] buffer, int filled = 0)
    {
        ArgumentNullException.ThrowIfNull(cutter);
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(buffer.Length, cutter.MaximumBytes, nameof(buffer));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)filled, (uint)buffer.Length, nameof(filled));
        (_cutter, _buffer, _filled) = (cutter, buffer, filled);
    }

    /// <summary>What was read and not yet taken.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(_start, _filled - _start);

    /// <summary>Whether everything was read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Gives the length of the first chunk of the rest; 0 where more must be read to know it, or nothing is left.</summary>
    public int Cut()
    {
        var rest = Rest.Span;
        var length = _cutter.Cut(rest, _seen);

        // A cut before the end of what is in view is where it is, whatever follows.
        if (length < rest.Length || length == _cutter.MaximumBytes || HasEnded)
        {
            return length;
        }

        _seen = rest.Length;
        return 0;
    }

    /// <summary>Takes a chunk from the front. Its bytes stay in the buffer until <see cref="Room"/> is asked for.</summary>
    public void Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_filled - _start), nameof(count));
        _start += count;
        _seen = 0;
    }

    /// <summary>Gives where to read the next bytes, at most so many and at least one; the rest moves to the front where there is no room behind it.</summary>
    public Memory<byte> Room(int most)
    {
        if (_buffer.Length - _filled < most)
        {
            Rest.CopyTo(_buffer);
            (_start, _filled) = (0, _filled - _start);
        }

        return _buffer.AsMemory(_filled, Math.Min(most, _buffer.Length - _filled));
    }

    /// <summary>Says how many bytes were read into the room; 0: there are no more.</summary>
    public void Add(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - _filled), nameof(count));
        _filled += count;
        HasEnded = count == 0;
    }
}
