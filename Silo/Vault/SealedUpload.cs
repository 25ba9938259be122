using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Silo.Sealing;
using W0rktree.Storage;

namespace W0rktree.Silo.Vault;

/// <summary>Puts the directories of an upload together again whose hidden entries its sender knows only as digests.</summary>
/// <remarks>
/// What an upload refers to without bringing it, and its sender may read nowhere in what it builds on, counts as absent, whether it is
/// there or not: else a hash would be a question whether the tree holds what the sender only guesses.
/// </remarks>
internal sealed class SealedUpload(ObjectStore upload, ObjectStore tree, IReadingLens lens)
{
    private readonly Dictionary<ContentHash, StoredObject> _whole = [];
    private readonly Dictionary<SnapshotId, ContentHash> _roots = [];
    private readonly HashSet<(TreePath, ContentHash, int)> _checked = [];
    private readonly HashSet<ContentHash> _hidden = [];

    // A page that the sender got from here is not sent again. Here it is whole, and what it shows is checked like what was sent.
    private readonly ObjectGraph _uploaded = new(new UploadFirst(upload, tree));
    private readonly ObjectGraph _stored = new(tree);
    private readonly SealedReader _readable = SealedReader.OfNothing(new ObjectGraph(tree), lens);

    private static Error Unknown { get; } = new(
        "hidden_entry",
        "The upload refers to something that you may not read, at a place where it does not stand.",
        "A folder with entries that you may not read can be edited, but not moved, copied or taken from elsewhere.");

    /// <summary>Gives a directory or page in its whole form; null where the upload's own is whole.</summary>
    public StoredObject? Find(ContentHash id) => _whole.GetValueOrDefault(id);

    /// <summary>Tells whether something is to be answered for as if the tree did not have it.</summary>
    public bool IsHidden(ContentHash id) => _hidden.Contains(id);

    /// <summary>Checks every new snapshot of the upload, parents first.</summary>
    public async Task<Result<Done>> CheckAsync(SnapshotId tip, CancellationToken cancellationToken)
    {
        var stack = new Stack<(SnapshotId Id, bool ParentsDone)>([(tip, false)]);
        while (stack.TryPop(out var next))
        {
            if (tree.KindOf(next.Id.Hash) is { } stored && stored != ObjectKind.Snapshot && !lens.SeesEverything)
            {
                _hidden.Add(next.Id.Hash);
            }

            if (_roots.ContainsKey(next.Id) || tree.Contains(next.Id.Hash) || await _uploaded.TryReadSnapshotAsync(next.Id, cancellationToken) is not { } snapshot)
            {
                continue; // What is missing, the check of the closure says.
            }

            if (!next.ParentsDone)
            {
                stack.Push((next.Id, true));
                foreach (var parent in snapshot.Parents)
                {
                    stack.Push((parent, false));
                }

                continue;
            }

            if (await CheckAsync(snapshot, cancellationToken) is { } error)
            {
                return error;
            }

            _roots[next.Id] = snapshot.Root;
        }

        return default(Done);
    }

    private async Task<Error?> CheckAsync(SnapshotObject snapshot, CancellationToken cancellationToken)
    {
        var before = new List<DirectoryObject>();
        foreach (var parent in snapshot.Parents)
        {
            if (_roots.TryGetValue(parent, out var root))
            {
                before.Add(await WholeAsync(root, cancellationToken));
            }
            else if (await _stored.TryReadSnapshotAsync(parent, cancellationToken) is { } known)
            {
                before.Add(await WholeAsync(known.Root, cancellationToken));
                if (!lens.SeesEverything)
                {
                    await _readable.AddRootAsync(known.Root, cancellationToken);
                }
            }
        }

        foreach (var conflict in snapshot.Conflicts)
        {
            foreach (var side in new[] { conflict.Base, conflict.Ours, conflict.Theirs })
            {
                if (side is not null && await CheckAsync(conflict.Path, side, snapshot, before, cancellationToken) is { } wrong)
                {
                    return wrong;
                }
            }
        }

        return await CheckAsync(TreePath.Root, snapshot.Root, before, cancellationToken);
    }

    /// <summary>Checks one side of a conflict, which may stand in no parent: the base of a merge is in what both come from.</summary>
    private async Task<Error?> CheckAsync(TreePath path, ConflictSide side, SnapshotObject snapshot, List<DirectoryObject> before, CancellationToken cancellationToken)
    {
        if (!side.Kind.HasContent && side.Kind != EntryKind.Directory)
        {
            return null;
        }

        if (!IsSent(side.Hash) && !IsReadable(side.Hash))
        {
            await foreach (var (_, ancestor) in Ancestry.WalkAsync(_stored, snapshot.Parents, cancellationToken))
            {
                await _readable.AddRootAsync(ancestor.Root, cancellationToken);
                if (IsReadable(side.Hash))
                {
                    break;
                }
            }
        }

        if (side.Kind.HasContent)
        {
            Require(side.Hash);
            return null;
        }

        if (_readable.ShowsPart(side.Hash))
        {
            return null; // As it stands in history; what is hidden in it stays sealed.
        }

        var below = new List<DirectoryObject>();
        foreach (var parent in before)
        {
            if (await new ObjectGraph(new Overlay(this)).FindAsync(parent.Id, path, cancellationToken) is { Kind: EntryKind.Directory } there)
            {
                below.Add(await WholeAsync(there.Hash, cancellationToken));
            }
        }

        return await CheckAsync(path, side.Hash, below, cancellationToken);
    }

    private async Task<Error?> CheckAsync(TreePath path, ContentHash id, List<DirectoryObject> before, CancellationToken cancellationToken)
    {
        if (id == DirectoryObject.Empty.Id || before.Any(b => b.Id == id) || !_checked.Add((path, id, _roots.Count)))
        {
            return null; // As it stood there before, with whatever is hidden in it.
        }

        if (!upload.Contains(id))
        {
            if (_readable.ShowsPart(id) && !_readable.ShowsWhole(id) && !lens.SeesEverything)
            {
                return Unknown;
            }

            Require(id);
            return null;
        }

        var sent = await _uploaded.ReadDirectoryAsync(id, cancellationToken);
        if (Restore(sent, before) is { } error)
        {
            return error;
        }

        foreach (var entry in sent.Entries)
        {
            if (before.Any(b => entry.SameTarget(b.Find(entry.Name))))
            {
                continue;
            }

            if (entry.Kind == EntryKind.Directory)
            {
                var below = new List<DirectoryObject>();
                foreach (var directory in before.Select(b => b.Find(entry.Name)).Where(e => e?.Kind == EntryKind.Directory))
                {
                    below.Add(await WholeAsync(directory!.Hash, cancellationToken));
                }

                if (await CheckAsync(path.Append(entry.Name), entry.Hash, below, cancellationToken) is { } wrong)
                {
                    return wrong;
                }
            }
            else if (entry.Kind.HasContent)
            {
                Require(entry.Hash);
            }
        }

        return null;
    }

    /// <summary>Puts in the entries that the sealed digests stand for: those that stood at the same path in a parent.</summary>
    private Error? Restore(DirectoryObject sent, List<DirectoryObject> before)
    {
        if (!sent.HasSealed)
        {
            return null;
        }

        var known = before.SelectMany(b => b.Entries).DistinctBy(e => e.Digest).ToDictionary(e => e.Digest);
        var hidden = new List<DirectoryEntry>();
        foreach (var digest in sent.SealedDigests)
        {
            if (!known.TryGetValue(digest, out var entry))
            {
                return Unknown;
            }

            hidden.Add(entry);
        }

        if (!DirectoryObject.Create(sent.Entries.Concat(hidden), []).TryGet(out var whole, out _))
        {
            return new Error("name_taken", "A name in the upload is taken by something that you may not read.", "Choose another name.");
        }

        var encoding = DirectoryCodec.Encode(whole);
        _whole[encoding.Id] = new StoredObject(ObjectKind.Directory, encoding.Bytes);
        foreach (var page in encoding.Pages)
        {
            _whole[page.Id] = new StoredObject(ObjectKind.Page, page.Bytes);
        }

        return null;
    }

    /// <summary>Hides what the sender does not have: it came not with the upload, and they may not read it in what they built on.</summary>
    private void Require(ContentHash id)
    {
        if (!IsSent(id) && !IsReadable(id))
        {
            _hidden.Add(id);
        }
    }

    private bool IsSent(ContentHash id) => lens.SeesEverything || upload.Contains(id) || !tree.Contains(id);

    private bool IsReadable(ContentHash id) => _readable.ShowsContent(id) || _readable.ShowsWhole(id);

    private async ValueTask<DirectoryObject> WholeAsync(ContentHash id, CancellationToken cancellationToken) =>
        await new ObjectGraph(new Overlay(this)).ReadDirectoryAsync(id, cancellationToken);

    private sealed class UploadFirst(ObjectStore upload, ObjectStore tree) : IObjectReader
    {
        public async ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken) =>
            await upload.TryReadAsync(id, cancellationToken) ?? await tree.TryReadAsync(id, cancellationToken);
    }

    private sealed class Overlay(SealedUpload owner) : IObjectReader
    {
        public async ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken) =>
            owner.Find(id) ?? await owner._stored.Reader.TryReadAsync(id, cancellationToken) ?? await owner._uploaded.Reader.TryReadAsync(id, cancellationToken);
    }
}
