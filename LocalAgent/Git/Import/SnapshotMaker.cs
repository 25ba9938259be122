using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Pipeline;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>Says as a snapshot what a commit says, and keeps in it what only git needs.</summary>
internal sealed class SnapshotMaker(TreeId tree, IEntropy entropy)
{
    /// <summary>Makes the snapshot.</summary>
    /// <param name="id">The commit's id.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="root">What its tree became.</param>
    /// <param name="parents">What its parents became.</param>
    public SnapshotObject Make(GitId id, GitCommit commit, ContentHash root, ImmutableArray<SnapshotId> parents)
    {
        if (parents.Length > SnapshotObject.MaxParents)
        {
            throw new GitRefusalException("too_large", $"The commit {id} has {parents.Length:N0} parents; a snapshot has {SnapshotObject.MaxParents:N0} at most.");
        }

        var texts = Texts.Of(commit);
        var record = commit.IsRegular
            ? new CommitRecord { Id = id, IsTranscoded = texts.IsTranscoded, AuthorStamp = commit.Author.Stamp, CommitterStamp = commit.Committer.Stamp, Extra = commit.Extra }
            : new CommitRecord { Id = id, Verbatim = commit.Raw };
        var fields = record.ToFields();
        if (fields is null || texts.Longest > Withholdable.MaxBytes)
        {
            throw new GitRefusalException("too_large", $"The commit {id} has more than {Withholdable.MaxBytes:N0} bytes of message or header; a snapshot cannot keep them.");
        }

        return new SnapshotObject
        {
            Root = root,
            Parents = parents,
            Tree = tree,
            Time = commit.Author.Time(),
            Kind = SnapshotKind.Import,
            Author = Seal(texts.Author),
            Recorder = Seal(texts.Committer),
            Message = Seal(texts.Message),
            Fields = fields.Value,
        };
    }

    private Withholdable Seal(ReadOnlySpan<byte> text)
    {
        Span<byte> salt = stackalloc byte[Withholdable.SaltBytes];
        entropy.Fill(salt);
        return Withholdable.Open(text, salt);
    }

    /// <summary>The three texts of a commit: in UTF-8 where it says that they are in something else, and that can be taken back.</summary>
    private sealed record Texts(byte[] Author, byte[] Committer, byte[] Message, bool IsTranscoded)
    {
        public int Longest => Math.Max(Message.Length, Math.Max(Author.Length, Committer.Length));

        public static Texts Of(GitCommit commit)
        {
            if (commit.Encoding is { } encoding && !encoding.Equals("UTF-8", StringComparison.OrdinalIgnoreCase)
                && CommitRecord.Transcode(commit.Author.Person.Span, encoding) is { } author
                && CommitRecord.Transcode(commit.Committer.Person.Span, encoding) is { } committer
                && CommitRecord.Transcode(commit.Message.Span, encoding) is { } message)
            {
                return new Texts(author, committer, message, true);
            }

            return new Texts(commit.Author.Person.ToArray(), commit.Committer.Person.ToArray(), commit.Message.ToArray(), false);
        }
    }
}
