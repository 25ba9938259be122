using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextDiff;
using W0rktree.Core.TreeDiff;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Directories, files and differences, as they stand in snapshots.</summary>
internal static class FileRoutes
{
    private const int PageEntries = 1_000;
    private const int MaxChanges = 5_000;

    // Larger files are named in a patch and not shown.
    private const ulong MaxPatchBytes = 4 << 20;

    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/worktrees/{owner}/{name}").WithTags("files");
        routes.MapGet("/entries", ListAsync).WithName("list_entries").WithSummary("List a directory of a snapshot by name");
        routes.MapGet("/content", ReadAsync).WithName("read_content").WithSummary("Read a file of a snapshot").Produces<Stream>(200, "application/octet-stream");
        routes.MapGet("/diff", DiffAsync).WithName("diff").WithSummary("Compare two snapshots");
        routes.MapGet("/patch", PatchAsync).WithName("patch").WithSummary("Compare two snapshots as a unified patch").Produces<string>(200, "text/x-diff");
    }

    private static async Task<Page<EntryAnswer>> ListAsync(
        string owner, string name, string? tree, string? at, string? path, string? cursor, TreeReading reading, HttpContext context)
    {
        await using var view = await reading.OpenAsync(context, owner, name, tree);
        var root = (await view.Whole.ReadSnapshotAsync(await view.ResolveAsync(at, context.RequestAborted), context.RequestAborted)).Root;
        var readable = await view.ReadableAsync(root, context.RequestAborted);
        var folder = string.IsNullOrEmpty(path) ? TreePath.Root : TreePath.Parse(path).OrRefuse();
        var id = folder.IsRoot ? root
            : await readable.FindAsync(root, folder, context.RequestAborted) is { Kind: EntryKind.Directory } entry ? entry.Hash
            : throw new RefusedException(Refusals.NotFound);
        var from = Cursors.ReadNumber(cursor);
        var entries = (await readable.ReadDirectoryAsync(id, context.RequestAborted)).Entries;
        return new Page<EntryAnswer>(
            [.. entries.Skip(from).Take(PageEntries).Select(e => EntryAnswer.Of(folder, e))],
            from + PageEntries < entries.Length ? Cursors.Write($"{from + PageEntries}") : null);
    }

    private static async Task<IResult> ReadAsync(string owner, string name, string? tree, string? at, string path, TreeReading reading, HttpContext context)
    {
        await using var view = await reading.OpenAsync(context, owner, name, tree);
        var file = TreePath.Parse(path).OrRefuse();
        var root = (await view.Whole.ReadSnapshotAsync(await view.ResolveAsync(at, context.RequestAborted), context.RequestAborted)).Root;
        if (!view.MayRead(file) || await view.Whole.FindAsync(root, file, context.RequestAborted) is not { Kind.HasContent: true } entry)
        {
            throw new RefusedException(Refusals.NotFound);
        }

        var tag = $"\"{entry.Hash}\"";
        context.Response.Headers.ETag = tag;
        if (EntityTags.Has(context, tag))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        await using var content = await view.Objects.OpenContentAsync(entry.Hash, context.RequestAborted) ?? throw new MissingObjectException(entry.Hash, "a file read through REST");
        var response = context.Response;

        // Somebody's file may be a page of HTML: it is never to run under this server's name.
        (response.ContentType, response.ContentLength) = ("application/octet-stream", content.Length);
        (response.Headers.ContentDisposition, response.Headers.ContentSecurityPolicy) = ("attachment", "sandbox; default-src 'none'");
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await view.ReleasingAsync();
            await using var counted = new CountedStream(content, view.Gate);
            await counted.CopyToAsync(response.Body, context.RequestAborted);
        }

        return Results.Empty;
    }

    private static async Task<DiffAnswer> DiffAsync(string owner, string name, string? tree, string from, string? to, string? path, TreeReading reading, HttpContext context)
    {
        await using var view = await reading.OpenAsync(context, owner, name, tree);
        var (before, after, changes) = await CompareAsync(view, from, to, path, context.RequestAborted);
        return new DiffAnswer(before.ToString(), after.ToString(), [.. changes.Take(MaxChanges).Select(ChangeAnswer.Of)], changes.Count > MaxChanges);
    }

    private static async Task PatchAsync(string owner, string name, string? tree, string from, string? to, string? path, TreeReading reading, HttpContext context)
    {
        await using var view = await reading.OpenAsync(context, owner, name, tree);
        var (_, _, changes) = await CompareAsync(view, from, to, path, context.RequestAborted);
        (context.Response.ContentType, context.Response.Headers.ContentSecurityPolicy) = ("text/x-diff; charset=utf-8", "sandbox; default-src 'none'");
        await view.ReleasingAsync();
        foreach (var change in changes)
        {
            var bytes = await PatchOfAsync(view, change, context.RequestAborted);
            await view.Gate.PassAsync(bytes.Length, context.RequestAborted);
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    private static async Task<Comparison> CompareAsync(TreeView view, string from, string? to, string? path, CancellationToken cancellationToken)
    {
        var (before, after) = (await view.ResolveAsync(from, cancellationToken), await view.ResolveAsync(to, cancellationToken));
        var only = string.IsNullOrEmpty(path) ? TreePath.Root : TreePath.Parse(path).OrRefuse();
        var (old, now) = ((await view.Whole.ReadSnapshotAsync(before, cancellationToken)).Root, (await view.Whole.ReadSnapshotAsync(after, cancellationToken)).Root);
        var changes = await view.ChangesAsync(old, now, cancellationToken);
        return new Comparison(before, after, [.. changes.Where(c => c.Path.IsAtOrBelow(only) || c.OldPath?.IsAtOrBelow(only) == true)]);
    }

    private static async Task<byte[]> PatchOfAsync(TreeView view, PathChange change, CancellationToken cancellationToken)
    {
        if (change.Old is { SizeBytes: > MaxPatchBytes } || change.New is { SizeBytes: > MaxPatchBytes })
        {
            return System.Text.Encoding.UTF8.GetBytes($"Large file {change.Path} differs\n");
        }

        var header = new PatchHeader
        {
            OldPath = (change.OldPath ?? change.Path).Memory,
            NewPath = change.Path.Memory,
            OldMode = ModeOf(change.Old),
            NewMode = ModeOf(change.New),
            Origin = change.Type == ChangeType.Renamed ? PatchOrigin.Renamed : PatchOrigin.Same,
            Similarity = change.SimilarityPercent,
            OldId = change.Old?.Hash.ToShortString(),
            NewId = change.New?.Hash.ToShortString(),
        };
        return UnifiedPatch.Format(header, await BytesAsync(view, change.Old, cancellationToken), await BytesAsync(view, change.New, cancellationToken));
    }

    private static PatchMode? ModeOf(DirectoryEntry? entry) => entry?.Kind switch
    {
        null => null,
        EntryKind.Executable => PatchMode.Executable,
        EntryKind.Symlink => PatchMode.Symlink,
        _ => PatchMode.File,
    };

    private static async Task<byte[]> BytesAsync(TreeView view, DirectoryEntry? entry, CancellationToken cancellationToken)
    {
        if (entry is not { Kind.HasContent: true })
        {
            return [];
        }

        await using var content = await view.Objects.OpenContentAsync(entry.Hash, cancellationToken) ?? throw new MissingObjectException(entry.Hash, "a patch");
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private readonly record struct Comparison(SnapshotId Before, SnapshotId After, IReadOnlyList<PathChange> Changes);
}

/// <summary>An entry of a directory.</summary>
/// <param name="Path">Its path from the tree's root.</param>
/// <param name="Kind"><c>file</c>, <c>executable</c>, <c>symlink</c>, <c>directory</c>, <c>nestedtree</c> or <c>foreignlink</c>.</param>
/// <param name="SizeBytes">Its size; 0 for what has no content.</param>
/// <param name="Hash">The BLAKE3 of its content, or the id of what it is.</param>
internal sealed record EntryAnswer(string Path, string Kind, long SizeBytes, string Hash)
{
    public static EntryAnswer Of(TreePath folder, DirectoryEntry entry) => new(
        folder.Append(entry.Name).ToString(), entry.Kind.ToString().ToLowerInvariant(), (long)entry.SizeBytes, entry.Hash.ToString());
}

/// <summary>What differs between two snapshots.</summary>
/// <param name="From">The one.</param>
/// <param name="To">The other.</param>
/// <param name="Changes">What differs, as far as the caller may see it.</param>
/// <param name="Truncated">Whether there are more changes than are listed.</param>
internal sealed record DiffAnswer(string From, string To, IReadOnlyList<ChangeAnswer> Changes, bool Truncated);
