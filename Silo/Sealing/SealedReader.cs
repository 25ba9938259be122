using System.Collections.Concurrent;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Silo.Sealing;

/// <summary>Reads a tree's objects as one caller may see them.</summary>
/// <remarks>
/// An object has one form in one reading, however many paths it stands at: an entry is open where the caller may read it at
/// any of them, since equal digests would tell as much. A folder is hidden when nothing below it may be read.
/// </remarks>
internal sealed class SealedReader : IObjectReader
{
    private readonly ObjectGraph _whole;
    private readonly IReadingLens _lens;
    private readonly HashSet<ContentHash> _openDigests = [];
    private readonly HashSet<ContentHash> _openContents = [];
    private readonly HashSet<ContentHash> _wholeDirectories = [];
    private readonly HashSet<ContentHash> _partDirectories = [];
    private readonly HashSet<ContentHash> _withheld = [];
    private readonly Dictionary<(TreePath Path, ContentHash Directory), Seen> _visited = [];
    private readonly ConcurrentDictionary<ContentHash, StoredObject> _forms = new();

    private SealedReader(ObjectGraph whole, IReadingLens lens) => (_whole, _lens) = (whole, lens);

    private enum Seen
    {
        Nothing,
        Part,
        Whole,
    }

    /// <summary>Looks at snapshots with all their ancestors; null where one of them records a conflict that the caller may not see.</summary>
    public static async Task<SealedReader?> OfHistoryAsync(ObjectGraph whole, IReadingLens lens, IEnumerable<SnapshotId> snapshots, CancellationToken cancellationToken)
    {
        var reader = new SealedReader(whole, lens);
        await foreach (var (id, snapshot) in Ancestry.WalkAsync(whole, snapshots, cancellationToken))
        {
            if (snapshot.Conflicts.Any(c => !lens.MayRead(c.Path)))
            {
                return null;
            }

            _ = await reader.VisitAsync(TreePath.Root, snapshot.Root, cancellationToken);
            if (await reader.IsHiddenAsync(snapshot, cancellationToken))
            {
                reader._withheld.Add(id.Hash);
            }
        }

        return reader;
    }

    /// <summary>Starts without having looked at anything.</summary>
    public static SealedReader OfNothing(ObjectGraph whole, IReadingLens lens) => new(whole, lens);

    /// <summary>Looks at one more root.</summary>
    public async Task AddRootAsync(ContentHash root, CancellationToken cancellationToken) => _ = await VisitAsync(TreePath.Root, root, cancellationToken);

    /// <summary>Tells whether the caller may read a content somewhere in what was looked at.</summary>
    public bool ShowsContent(ContentHash id) => _openContents.Contains(id);

    /// <summary>Tells whether the caller may read everything below a directory somewhere in what was looked at.</summary>
    public bool ShowsWhole(ContentHash directory) => directory == DirectoryObject.Empty.Id || _wholeDirectories.Contains(directory);

    /// <summary>Tells whether the caller knows of a directory somewhere in what was looked at, and may read something below it and not all.</summary>
    public bool ShowsPart(ContentHash directory) => _partDirectories.Contains(directory);

    /// <inheritdoc/>
    public async ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken)
    {
        if (_forms.TryGetValue(id, out var form))
        {
            return form;
        }

        var stored = await _whole.Reader.TryReadAsync(id, cancellationToken);
        switch (stored)
        {
            case { Kind: ObjectKind.Directory }:
                return await SealAsync(id, stored, cancellationToken);
            case { Kind: ObjectKind.Snapshot } when _withheld.Contains(id):
                return _forms[id] = new StoredObject(ObjectKind.Snapshot, SnapshotCodec.Encode(SnapshotCodec.Decode(new SnapshotId(id), stored.Bytes.Span).Withhold()));
            default:
                return stored;
        }
    }

    private async ValueTask<StoredObject> SealAsync(ContentHash id, StoredObject stored, CancellationToken cancellationToken)
    {
        var directory = await _whole.ReadDirectoryAsync(id, cancellationToken);
        var seal = directory.Seal(entry => !_openDigests.Contains(entry.Digest));
        if (!seal.HasSealed)
        {
            return _forms[id] = stored;
        }

        // Pages are only ever read after the directory that lists them.
        var encoding = DirectoryCodec.Encode(seal);
        foreach (var page in encoding.Pages)
        {
            _forms[page.Id] = new StoredObject(ObjectKind.Page, page.Bytes);
        }

        return _forms[id] = new StoredObject(ObjectKind.Directory, encoding.Bytes);
    }

    private async ValueTask<Seen> VisitAsync(TreePath path, ContentHash id, CancellationToken cancellationToken)
    {
        if (_visited.TryGetValue((path, id), out var known))
        {
            return known;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var directory = await _whole.ReadDirectoryAsync(id, cancellationToken);
        var (open, closed) = (false, directory.HasSealed);
        foreach (var entry in directory.Entries)
        {
            var seen = await VisitAsync(path.Append(entry.Name), entry, cancellationToken);
            open |= seen != Seen.Nothing;
            closed |= seen != Seen.Whole;
            if (seen != Seen.Nothing)
            {
                _openDigests.Add(entry.Digest);
            }
        }

        if (!closed)
        {
            _wholeDirectories.Add(id);
        }
        else if (open)
        {
            _partDirectories.Add(id);
        }

        return _visited[(path, id)] = !open ? Seen.Nothing : closed ? Seen.Part : Seen.Whole;
    }

    private async ValueTask<Seen> VisitAsync(TreePath path, DirectoryEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Kind == EntryKind.Directory && entry.Hash != DirectoryObject.Empty.Id)
        {
            return await VisitAsync(path, entry.Hash, cancellationToken);
        }

        if (!_lens.MayRead(path))
        {
            return Seen.Nothing;
        }

        if (entry.Kind.HasContent)
        {
            _openContents.Add(entry.Hash);
        }

        return Seen.Whole;
    }

    /// <summary>Tells whether a snapshot changes something and the caller may read none of it.</summary>
    private async ValueTask<bool> IsHiddenAsync(SnapshotObject snapshot, CancellationToken cancellationToken)
    {
        ContentHash? before = snapshot.Parents.IsEmpty ? null : (await _whole.ReadSnapshotAsync(snapshot.Parents[0], cancellationToken)).Root;
        var changes = await DirectoryDiff.CompareAsync(_whole, before, snapshot.Root, cancellationToken);
        return changes.Count > 0 && !changes.Any(c => _lens.MayRead(c.Path));
    }
}
