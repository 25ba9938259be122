using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Export;

/// <summary>Makes commits of snapshots: of imported ones the same bytes again, of others always the same bytes.</summary>
internal static class CommitWriter
{
    /// <summary>Writes the commit of a snapshot whose tree and parents are known.</summary>
    public static byte[] Format(SnapshotId id, SnapshotObject snapshot, GitId tree, IReadOnlyList<GitId> parents)
    {
        if (snapshot.HasConflicts)
        {
            throw new GitRefusalException("conflicted", $"The snapshot {id.Hash.ToShortString()} still holds conflicts; git has nothing for them.", "Resolve them, then 'wt snapshot'.");
        }

        if (snapshot.Author.IsWithheld || snapshot.Recorder.IsWithheld || snapshot.Message.IsWithheld)
        {
            throw new GitRefusalException("git_withheld", $"The author or message of the snapshot {id.Hash.ToShortString()} is withheld from you; git cannot carry it without.");
        }

        return CommitRecord.TryRead(snapshot) is { } record ? Again(id, snapshot, record, tree, parents) : New(snapshot, tree, parents);
    }

    private static byte[] Again(SnapshotId id, SnapshotObject snapshot, CommitRecord record, GitId tree, IReadOnlyList<GitId> parents)
    {
        var bytes = record.Verbatim.IsEmpty ? Regular(snapshot, record, tree, parents) : record.Verbatim.ToArray();
        var isSame = GitId.Of(GitType.Commit, bytes) == record.Id && (record.Verbatim.IsEmpty || GitCommit.TryParse(bytes) is { } commit && commit.Tree == tree);
        return isSame ? bytes : throw new GitRefusalException("git_mismatch", $"The snapshot {id.Hash.ToShortString()} was imported from the commit {record.Id} and does not give it back.", "'wt debug verify' tells whether the store is damaged; please report this.");
    }

    private static byte[] Regular(SnapshotObject snapshot, CommitRecord record, GitId tree, IReadOnlyList<GitId> parents)
    {
        var encoding = record.IsTranscoded ? GitCommit.EncodingOf(record.Extra.Span) : null;
        return GitCommit.Format(
            tree, parents, new GitSignature(Bytes(snapshot.Author, encoding), record.AuthorStamp), new GitSignature(Bytes(snapshot.Recorder, encoding), record.CommitterStamp),
            record.Extra.Span, Bytes(snapshot.Message, encoding));
    }

    private static byte[] New(SnapshotObject snapshot, GitId tree, IReadOnlyList<GitId> parents)
    {
        // git ends messages in a line feed and cannot hold a NUL in them.
        var message = (snapshot.Message.Text ?? "").Replace("\0", "", StringComparison.Ordinal).TrimEnd('\n') + "\n";
        return GitCommit.Format(
            tree, parents, GitSignature.Of(snapshot.Author.Bytes, snapshot.Time), GitSignature.Of(snapshot.Recorder.Bytes, snapshot.Time), [], System.Text.Encoding.UTF8.GetBytes(message));
    }

    private static byte[] Bytes(Withholdable text, string? encoding) =>
        encoding is null ? text.Bytes.ToArray() : CommitRecord.TranscodeBack(text.Bytes, encoding) ?? text.Bytes.ToArray();
}
