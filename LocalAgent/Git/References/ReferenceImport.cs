using System.Text;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Git.Import;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.Storage;
using W0rktree.Storage.Reflog;

namespace W0rktree.LocalAgent.Git.References;

/// <summary>
/// Moves branches forward to what git has and adds its tags. Nothing ever moves back or sideways: what would is refused
/// and named, and the rest is carried.
/// </summary>
internal sealed class ReferenceImport(ObjectStore store, GitIdMap map, HistoryImport history, GitObjectSource source, Func<ContentHash, string, SnapshotObject> compose)
{
    /// <summary>References to one transaction: the reflog's limit for an entry is 10,000.</summary>
    private const int Batch = 4000;

    private readonly ObjectGraph _graph = new(store);
    private readonly StoreRefs _refs = new(store);
    private readonly List<MoveOutcome> _outcomes = [];
    private readonly List<(string Name, SnapshotId? Before, SnapshotId After)> _moves = [];
    private readonly List<(string Tag, TagRecord Record)> _records = [];

    /// <summary>Carries the references; their commits are in the store.</summary>
    public async Task<IReadOnlyList<MoveOutcome>> RunAsync(IReadOnlyList<GitReference> references, string copy, CancellationToken cancellationToken)
    {
        foreach (var reference in references)
        {
            if (reference.Name.Contains('\uFFFD', StringComparison.Ordinal))
            {
                _outcomes.Add(new MoveOutcome(reference.IsBranch ? "branch" : "tag", reference.ShortName, MoveOutcome.Refused, "its name is not UTF-8"));
            }
            else if (reference.IsBranch)
            {
                await BranchAsync(reference, cancellationToken);
            }
            else
            {
                await TagAsync(reference, cancellationToken);
            }
        }

        foreach (var batch in _moves.Chunk(Batch))
        {
            await using var transaction = store.Begin();
            foreach (var (name, before, after) in batch)
            {
                StoreRefs.Move(transaction, name, before, after);
            }

            foreach (var (tag, record) in _records.Where(record => batch.Any(move => move.Name == TagRef(record.Tag))))
            {
                record.Put(transaction, tag);
            }

            transaction.AppendReflog("git-import", new ReflogDetails($"{batch.Length} references from git", copy).ToJson(), [.. batch.Select(move => new RefChange(move.Name, move.Before?.Hash, move.After.Hash))]);
            await transaction.CommitAsync(cancellationToken);
        }

        return _outcomes;
    }

    /// <summary>Names the reference of a tag.</summary>
    public static string TagRef(string tag) => $"tag/{tag}";

    private async Task BranchAsync(GitReference reference, CancellationToken cancellationToken)
    {
        if (ReferenceNames.ToBranch(reference.ShortName) is not { } branch)
        {
            _outcomes.Add(new MoveOutcome("branch", reference.ShortName, MoveOutcome.Refused, $"its name is longer than {BranchName.MaxBytes} bytes"));
            return;
        }

        var before = _refs.Get(StoreRefs.Branch(branch));
        var after = map.Find(reference.Id)!.Value;
        var outcome = before is not { } old ? MoveOutcome.Created
            : old == after ? MoveOutcome.Unchanged
            : await Ancestry.IsAncestorAsync(_graph, old, after, cancellationToken) ? MoveOutcome.Moved
            : await Ancestry.IsAncestorAsync(_graph, after, old, cancellationToken) ? MoveOutcome.Ahead
            : MoveOutcome.Refused;
        _outcomes.Add(new MoveOutcome("branch", branch.Text, outcome, outcome == MoveOutcome.Refused ? $"it is at {before!.Value.Hash.ToShortString()} here and at {reference.Id} in git, and neither is ahead of the other" : null));
        if (outcome is MoveOutcome.Created or MoveOutcome.Moved)
        {
            _moves.Add((StoreRefs.Branch(branch), before, after));
        }
    }

    private async Task TagAsync(GitReference reference, CancellationToken cancellationToken)
    {
        var tag = reference.ShortName;
        var objects = new List<byte[]>();
        var (id, type) = (reference.Id, reference.Type);
        while (type == GitType.Tag)
        {
            var found = await source.ReadAsync(id, cancellationToken);
            objects.Add(found.Bytes);
            (id, type) = Target(found);
        }

        var record = new TagRecord(type.Word, objects);
        if (_refs.Get(TagRef(tag)) is { } present)
        {
            var isSame = Same(TagRecord.Read(store, tag), record) && (type != GitType.Commit || map.Find(id) == present);
            _outcomes.Add(new MoveOutcome("tag", tag, isSame ? MoveOutcome.Unchanged : MoveOutcome.Refused, isSame ? null : "a tag never moves, and git has another one of this name"));
            return;
        }

        var snapshot = type == GitType.Commit ? map.Find(id)!.Value : await BareAsync(id, type, tag, cancellationToken);
        _outcomes.Add(new MoveOutcome("tag", tag, MoveOutcome.Created));
        _moves.Add((TagRef(tag), null, snapshot));
        if (type != GitType.Commit || objects.Count > 0)
        {
            _records.Add((tag, record));
        }
    }

    /// <summary>Makes a snapshot for a tag on a tree or a file, so that it is kept, shown and sent like all others.</summary>
    private async Task<SnapshotId> BareAsync(GitId id, GitType type, string tag, CancellationToken cancellationToken)
    {
        var target = await history.BareAsync(id, type, cancellationToken);
        await using var transaction = store.Begin();
        var root = target.Hash;
        if (type == GitType.Blob)
        {
            var plain = target.Plain;
            root = transaction.WriteDirectory(DirectoryObject.Of([new DirectoryEntry(EntryName.Create(TagRecord.FileEntry).Value, EntryKind.File, plain.SizeBytes, plain.Hash)]), cancellationToken);
        }

        var snapshot = transaction.WriteSnapshot(compose(root, $"Tag {tag}"), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return snapshot;
    }

    private static bool Same(TagRecord left, TagRecord right) =>
        left.Type == right.Type && left.Objects.Count == right.Objects.Count && left.Objects.Zip(right.Objects).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    internal static (GitId Id, GitType Type) Target(in GitObject tag)
    {
        var lines = Encoding.UTF8.GetString(tag.Bytes.AsSpan(0, Math.Min(tag.Bytes.Length, 128))).Split('\n');
        return lines is [var first, var second, ..] && first.StartsWith("object ", StringComparison.Ordinal) && GitId.TryParse(first[7..], out var id)
            && second.StartsWith("type ", StringComparison.Ordinal) && GitTypes.Parse(Encoding.ASCII.GetBytes(second[5..])) is { } type
            ? (id, type)
            : throw new GitRefusalException("git_unreadable", $"The tag {tag.Id} is none that can be read.", "'git fsck' there tells more.");
    }
}
