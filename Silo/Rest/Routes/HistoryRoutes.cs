using W0rktree.Core.Classification;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Snapshots.</summary>
internal static class HistoryRoutes
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    // Of one answer; a snapshot that changes more says so, and the diff shows the rest.
    private const int MaxChanges = 5_000;

    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/worktrees/{owner}/{name}").WithTags("history");
        routes.MapGet("/history", ListAsync).WithName("list_history").WithSummary("List snapshots from a branch or snapshot back, nearest first");
        routes.MapGet("/snapshots/{**revision}", ShowAsync).WithName("show_snapshot").WithSummary("Show a snapshot and its changes");
    }

    private static async Task<Page<SnapshotAnswer>> ListAsync(
        string owner, string name, string? tree, string? at, string? path, int? limit, string? cursor, TreeReading reading, HttpContext context)
    {
        if (limit is < 1 or > MaxLimit)
        {
            throw Replies.Invalid($"A page has 1 to {MaxLimit} snapshots.");
        }

        await using var view = await reading.OpenAsync(context, owner, name, tree);
        var only = string.IsNullOrEmpty(path) ? TreePath.Root : TreePath.Parse(path).OrRefuse();

        // A cursor names where the list began, so that pushes in between move nothing.
        var parts = Cursors.Read(cursor).Split('/');
        var (start, skip) = parts is [var begin, var count] && SnapshotId.TryParse(begin, out var first) && int.TryParse(count, System.Globalization.NumberStyles.None, null, out var seen)
            ? (await view.ResolveAsync(first.ToString(), context.RequestAborted), seen)
            : cursor is null ? (await view.ResolveAsync(at, context.RequestAborted), 0) : throw Replies.Invalid("That is not a page's cursor.");
        var (items, position) = (new List<SnapshotAnswer>(), 0);
        await foreach (var (id, snapshot) in Ancestry.WalkAsync(view.Whole, [start], context.RequestAborted))
        {
            if (position++ < skip || !await TouchesAsync(view, view.Show(snapshot), only, context.RequestAborted))
            {
                continue;
            }

            if (items.Count == (limit ?? DefaultLimit))
            {
                return new Page<SnapshotAnswer>(items, Cursors.Write($"{start}/{position - 1}"));
            }

            items.Add(SnapshotAnswer.Of(id, await view.IsWithheldAsync(snapshot, context.RequestAborted) ? snapshot.Withhold() : snapshot));
        }

        return new Page<SnapshotAnswer>(items);
    }

    private static async Task<SnapshotDetailAnswer> ShowAsync(string owner, string name, string revision, string? tree, TreeReading reading, HttpContext context)
    {
        await using var view = await reading.OpenAsync(context, owner, name, tree);
        var id = await view.ResolveAsync(revision, context.RequestAborted);
        var snapshot = await view.ReadAsync(id, context.RequestAborted);
        var changes = await view.ChangesAsync(await BeforeAsync(view, snapshot, context.RequestAborted), snapshot.Root, context.RequestAborted);
        var shown = await view.IsWithheldAsync(snapshot, context.RequestAborted) ? snapshot.Withhold() : snapshot;
        return new SnapshotDetailAnswer(SnapshotAnswer.Of(id, shown), [.. changes.Take(MaxChanges).Select(ChangeAnswer.Of)], changes.Count > MaxChanges);
    }

    internal static async Task<ContentHash?> BeforeAsync(TreeView view, SnapshotObject snapshot, CancellationToken cancellationToken) =>
        snapshot.Parents.IsEmpty ? null : (await view.Whole.ReadSnapshotAsync(snapshot.Parents[0], cancellationToken)).Root;

    private static async Task<bool> TouchesAsync(TreeView view, SnapshotObject snapshot, TreePath only, CancellationToken cancellationToken) => only.IsRoot
        || (await view.ChangesAsync(await BeforeAsync(view, snapshot, cancellationToken), snapshot.Root, cancellationToken)).Any(c => c.Path.IsAtOrBelow(only) || c.OldPath?.IsAtOrBelow(only) == true);
}

/// <summary>A snapshot. Author and message are absent where the caller may see nothing of what it changes.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Root">The id of its root directory.</param>
/// <param name="Parents">The snapshots before it.</param>
/// <param name="Kind"><c>auto</c>, <c>manual</c>, <c>merge</c>, <c>revert</c>, <c>recovery</c>, <c>switch</c> or <c>import</c>.</param>
/// <param name="Time">When, with the author's time zone.</param>
/// <param name="Author">Who.</param>
/// <param name="Message">Why.</param>
/// <param name="Conflicted">Whether it records conflicts.</param>
internal sealed record SnapshotAnswer(string Id, string Root, IReadOnlyList<string> Parents, string Kind, string Time, string? Author, string? Message, bool Conflicted)
{
    public static SnapshotAnswer Of(SnapshotId id, SnapshotObject snapshot) => new(
        id.ToString(), snapshot.Root.ToString(), [.. snapshot.Parents.Select(p => p.ToString())], snapshot.Kind.Text, snapshot.Time.ToString(),
        snapshot.Author.Text, snapshot.Message.Text, snapshot.HasConflicts);
}

/// <summary>A snapshot with what it changes against its first parent.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Changes">What it changes, as far as the caller may see it.</param>
/// <param name="Truncated">Whether there are more changes than are listed.</param>
internal sealed record SnapshotDetailAnswer(SnapshotAnswer Snapshot, IReadOnlyList<ChangeAnswer> Changes, bool Truncated);

/// <summary>A changed path.</summary>
/// <param name="Path">The path.</param>
/// <param name="Change"><c>added</c>, <c>modified</c>, <c>deleted</c>, <c>renamed</c>, <c>mode_changed</c> or <c>type_changed</c>.</param>
/// <param name="ChangeClass"><c>code</c>, <c>config</c>, <c>dependency</c>, <c>documentation</c> or <c>asset</c>.</param>
/// <param name="OldPath">Where it was before a rename.</param>
/// <param name="OldHash">The content before.</param>
/// <param name="NewHash">The content after.</param>
/// <param name="SizeBytes">The size after.</param>
internal sealed record ChangeAnswer(string Path, string Change, string ChangeClass, string? OldPath, string? OldHash, string? NewHash, long? SizeBytes)
{
    public static ChangeAnswer Of(PathChange change) => new(
        change.Path.ToString(), change.Type.Text, ChangeClassifier.Default.Classify(change.Path.Bytes).Text, change.OldPath?.ToString(),
        change.Old?.Hash.ToString(), change.New?.Hash.ToString(), change.New is { } entry ? (long)entry.SizeBytes : null);
}
