namespace W0rktree.Storage.Journal;

/// <summary>A place in the journal.</summary>
internal readonly record struct JournalPosition(uint Segment, long Offset) : IComparable<JournalPosition>
{
    public int CompareTo(JournalPosition other) =>
        Segment != other.Segment ? Segment.CompareTo(other.Segment) : Offset.CompareTo(other.Offset);
}
