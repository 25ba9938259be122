using System.Globalization;
using W0rktree.Core.Classification;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Configuration;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>Puts the agent's values into the words of the protocol.</summary>
internal static class Describe
{
    public static SnapshotInfo Snapshot(SnapshotId id, SnapshotObject snapshot) => new()
    {
        Id = id.ToString(),
        Root = snapshot.Root.ToString(),
        Parents = [.. snapshot.Parents.Select(parent => parent.ToString())],
        Kind = snapshot.Kind.Text,
        Time = snapshot.Time.ToString(),
        Author = snapshot.Author.Text,
        Message = snapshot.Message.Text,
        Conflicted = snapshot.HasConflicts,
    };

    public static IReadOnlyList<ChangeInfo> Changes(IEnumerable<PathChange> changes, ChangeClassifier classifier) => [.. changes.Select(change => Change(change, classifier))];

    public static ChangeInfo Change(PathChange change, ChangeClassifier classifier) => new(
        change.Path.ToString(),
        change.Type.Text,
        classifier.Classify(change.Path.Bytes).Text,
        change.OldPath?.ToString(),
        change.New is { } entry ? (long)entry.SizeBytes : null);

    public static IReadOnlyList<ConflictInfo> Conflicts(IEnumerable<Conflict> conflicts) =>
        [.. conflicts.Select(conflict => new ConflictInfo(conflict.Path.ToString(), conflict.Kind.Text))];

    public static WarningInfo Warning(ConfigProblem problem) => new(problem.Code, problem.ToString(), null);

    public static string Time(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);
}
