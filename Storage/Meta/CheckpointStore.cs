using System.Globalization;
using W0rktree.Storage.Files;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Meta;

/// <summary>
/// Keeps the last two checkpoints, so that damage to the newest costs a longer replay and nothing else. A segment may only go
/// when both have passed it.
/// </summary>
internal sealed class CheckpointStore(IStoreFiles files, string folder)
{
    private readonly SortedDictionary<ulong, StateCheckpoint> _kept = [];
    private ulong _generation;

    /// <summary>Segments before this one are no longer needed for metadata.</summary>
    public uint FirstNeededSegment => _kept.Count < 2 ? 0 : _kept.First().Value.Position.Segment;

    /// <summary>Tells whether a checkpoint that is kept needs a file of the reflog.</summary>
    public bool NeedsReflog(ulong file) => _kept.Values.Any(checkpoint => checkpoint.Reflog.File == file);

    /// <summary>Number of the commit that the newest checkpoint stands at; 0 when there is none.</summary>
    public ulong NewestSequence { get; private set; }

    /// <summary>Reads the newest intact checkpoint; damaged ones are reported and left where they are.</summary>
    public StateCheckpoint? Load(List<StoreDamage> damage)
    {
        StateCheckpoint? newest = null;
        foreach (var generation in Generations())
        {
            _generation = Math.Max(_generation, generation);
            var path = PathOf(generation);
            using var file = files.Open(path);
            var bytes = new byte[file.Length];
            var checkpoint = file.Read(bytes, 0) == bytes.Length ? StateCheckpoint.TryDecode(bytes) : null;
            if (checkpoint is null || checkpoint.Generation != generation)
            {
                damage.Add(new StoreDamage("A checkpoint of the metadata is damaged.", path, 0));
                continue;
            }

            _kept[generation] = Place(checkpoint);
            newest = checkpoint;
            NewestSequence = checkpoint.Sequence;
        }

        return newest;
    }

    /// <summary>Writes a checkpoint under the next number and removes all but it and the one before.</summary>
    public void Save(StateCheckpoint checkpoint)
    {
        var numbered = checkpoint with { Generation = ++_generation };
        AtomicFile.Write(files, PathOf(numbered.Generation), numbered.Encode());
        _kept[numbered.Generation] = Place(numbered);
        NewestSequence = numbered.Sequence;
        while (_kept.Count > 2)
        {
            _kept.Remove(_kept.First().Key);
        }

        foreach (var old in Generations().Where(generation => !_kept.ContainsKey(generation)))
        {
            files.Delete(PathOf(old));
        }
    }

    /// <summary>Reads every checkpoint again and reports the damaged ones.</summary>
    public void Verify(List<StoreDamage> damage) => _ = new CheckpointStore(files, folder).Load(damage);

    // Only where it stands is remembered; its rows are in memory once already.
    private static StateCheckpoint Place(StateCheckpoint checkpoint) => checkpoint with { Tables = MetaTables.Empty };

    private string PathOf(ulong generation) => Path.Combine(folder, StateCheckpoint.FileName(generation));

    private IEnumerable<ulong> Generations() => files.ListFiles(folder)
        .Where(name => name.EndsWith(".wts", StringComparison.Ordinal))
        .Select(name => ulong.TryParse(name.AsSpan(0, name.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)
        .Where(generation => generation > 0)
        .Order()
        .ToArray();
}
