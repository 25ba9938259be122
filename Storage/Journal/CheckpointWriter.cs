using W0rktree.Storage.Files;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Reflog;

namespace W0rktree.Storage.Journal;

/// <summary>
/// When a segment has closed: writes the indexes of closed segments, moves the reflog's tail to its file and writes the
/// metadata whole, so that the next start reads only what came later. Belongs to the commit loop.
/// </summary>
internal sealed class CheckpointWriter(string journalFolder, string stateFolder, StoreOptions options, ulong lastGeneration, uint startSegment)
{
    private uint _checkpointed = startSegment;
    private ulong _generation = lastGeneration;

    public void WriteIfDue(JournalWriter journal, MetaTables tables, ReflogView reflog)
    {
        if (journal.ActiveSegment == _checkpointed)
        {
            return;
        }

        // A segment with records of an open transaction may still gain committed objects; it is scanned until that ends.
        foreach (var segment in journal.ClosedSegments.Where(s => s.Number < journal.FirstOpenSegment))
        {
            if (!options.Files.Exists(Path.Combine(journalFolder, SegmentIndex.FileName(segment.Number))))
            {
                SegmentIndex.Write(options.Files, journalFolder, segment);
                segment.Committed.Clear();
                segment.Committed.TrimExcess();
            }
        }

        var mark = reflog.MoveTailToFile();
        _generation++;
        StateCheckpoint checkpoint = new(_generation, journal.Sequence, journal.Link, journal.End, journal.NextTransaction, mark, tables);
        AtomicFile.Write(options.Files, Path.Combine(stateFolder, StateCheckpoint.FileName(_generation)), checkpoint.Encode());
        _checkpointed = journal.ActiveSegment;
        RemoveOlder();
    }

    /// <summary>Keeps the newest two: should one not be readable, the other and the journal still tell everything.</summary>
    private void RemoveOlder()
    {
        var names = options.Files.ListFiles(stateFolder).Where(name => name.EndsWith(".wts", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal);
        foreach (var name in names.Skip(2))
        {
            options.Files.Delete(Path.Combine(stateFolder, name));
        }
    }
}
