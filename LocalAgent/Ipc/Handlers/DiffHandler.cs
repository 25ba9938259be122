using System.Buffers;
using System.Text;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextDiff;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Diffing;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers <c>diff</c>: one event a file, so that a diff of any size passes through.</summary>
internal static class DiffHandler
{
    public static HandlerTable AddDiff(this HandlerTable table) => table.Add(Methods.Diff, IpcJson.Default.DiffParams, IpcJson.Default.DiffResult, DiffAsync);

    private static async Task<Result<DiffResult>> DiffAsync(RequestContext context, DiffParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var paths = PathsInTree.Parse(copy.Root, p.Paths ?? []);
        if (!paths.IsOk)
        {
            return paths.Error;
        }

        var options = LineOptions(p);
        if (!options.IsOk)
        {
            return options.Error;
        }

        var diff = new StateDiff(copy) { FindsCopies = p.Copies, FindsCopiesEverywhere = p.CopiesEverywhere };
        var changes = await ChangesAsync(copy, diff, p, cancellationToken);
        if (!changes.IsOk)
        {
            return changes.Error;
        }

        var selected = changes.Value.Where(change => paths.Value.Count == 0 || paths.Value.Any(path => change.Path.IsAtOrBelow(path) || change.OldPath?.IsAtOrBelow(path) == true));
        return await new DiffStream(context, diff, p, options.Value).WriteAsync(selected, cancellationToken);
    }

    private static async Task<Result<List<PathChange>>> ChangesAsync(OpenCopy copy, StateDiff diff, DiffParams p, CancellationToken cancellationToken)
    {
        var revisions = new Revisions(copy);
        if (p.Of is not null)
        {
            return await OwnChangesAsync(copy, diff, p, cancellationToken);
        }

        ContentHash? from = null;
        if (p.From is not null || copy.Position.Tip is not null)
        {
            var id = await revisions.ResolveAsync(p.From, cancellationToken);
            if (!id.IsOk)
            {
                return id.Error;
            }

            from = (await copy.Graph.ReadSnapshotAsync(id.Value, cancellationToken)).Root;
        }

        if (p.To is null)
        {
            return (await diff.CompareWithWorkingAsync(from, cancellationToken)).ToList();
        }

        var to = await revisions.ResolveAsync(p.To, cancellationToken);
        return to.IsOk ? (await diff.CompareAsync(from, (await copy.Graph.ReadSnapshotAsync(to.Value, cancellationToken)).Root, cancellationToken)).ToList() : to.Error;
    }

    /// <summary>Lists what a snapshot changed against one of its parents.</summary>
    private static async Task<Result<List<PathChange>>> OwnChangesAsync(OpenCopy copy, StateDiff diff, DiffParams p, CancellationToken cancellationToken)
    {
        var id = await new Revisions(copy).ResolveAsync(p.Of, cancellationToken);
        if (!id.IsOk)
        {
            return id.Error;
        }

        var snapshot = await copy.Graph.ReadSnapshotAsync(id.Value, cancellationToken);
        var parent = p.Parent ?? 1;
        if (p.Parent is not null && (parent < 1 || parent > snapshot.Parents.Length))
        {
            return new Error(ErrorCodes.InvalidArgument, $"Snapshot {id.Value.ToShortString()} has {snapshot.Parents.Length} {(snapshot.Parents.Length == 1 ? "parent" : "parents")}; there is no parent {parent}.", "They count from 1, the line's own first.");
        }

        var from = snapshot.Parents.IsEmpty ? (ContentHash?)null : (await copy.Graph.ReadSnapshotAsync(snapshot.Parents[parent - 1], cancellationToken)).Root;
        return (await diff.CompareAsync(from, snapshot.Root, cancellationToken)).ToList();
    }

    private static Result<LineDiffOptions> LineOptions(DiffParams p)
    {
        SpaceRule? rule = p.IgnoreSpace switch
        {
            null => SpaceRule.Exact,
            "all" => SpaceRule.IgnoreAll,
            "amount" => SpaceRule.IgnoreAmount,
            "at_end" => SpaceRule.IgnoreAtEnd,
            "cr_at_end" => SpaceRule.IgnoreCarriageReturnAtEnd,
            _ => null,
        };
        return rule is { } known
            ? LineDiffOptions.Default with { Space = known, IgnoreBlankLines = p.IgnoreBlankLines }
            : new Error(ErrorCodes.InvalidArgument, $"'{p.IgnoreSpace}' is no rule about white space.", "There are all, amount, at_end and cr_at_end.");
    }
}

/// <summary>Writes one diff in the format that was asked for.</summary>
internal sealed class DiffStream(RequestContext context, StateDiff diff, DiffParams parameters, LineDiffOptions lineOptions)
{
    private const int PieceBytes = 1024 * 1024;

    private readonly List<FileStat> _stats = [];
    private readonly PatchOptions _options = PatchOptions.Default with
    {
        ContextLines = Math.Clamp(parameters.Context ?? 3, 0, 1_000_000),
        Diff = lineOptions,
        WholeFunctions = parameters.FunctionContext,
        Binary = parameters.Binary,
    };

    /// <summary>Writes the changes and counts them.</summary>
    public async Task<Result<DiffResult>> WriteAsync(IEnumerable<PathChange> changes, CancellationToken cancellationToken)
    {
        var (files, added, deleted) = (0, 0L, 0L);
        foreach (var change in changes)
        {
            files++;
            if (parameters.Format == "name_only")
            {
                await SendAsync(Encoding.UTF8.GetBytes($"{change.Path}\n"), cancellationToken);
                continue;
            }

            if (parameters.Format == "entries")
            {
                await context.SendAsync(Entry(change, change.New?.Hash, null, []), IpcJson.Default.FileDiffEvent, cancellationToken);
                continue;
            }

            var stat = await WriteOneAsync(change, cancellationToken);
            added += stat.IsBinary ? 0 : stat.Added;
            deleted += stat.IsBinary ? 0 : stat.Removed;
        }

        if (parameters.Format == "stat" && _stats.Count > 0)
        {
            await SendAsync(Encoding.UTF8.GetBytes(StatTable.Format(_stats)), cancellationToken);
        }

        return new DiffResult(files, (int)added, (int)deleted) { RenamesGaveUpAt = diff.RenamesGaveUpAt };
    }

    private async Task<FileStat> WriteOneAsync(PathChange change, CancellationToken cancellationToken)
    {
        var old = await diff.OldAsync(change, cancellationToken);
        var now = await diff.NewAsync(change, cancellationToken);
        var header = Header(change);
        if (old is not { } before || now is not { } after)
        {
            // Too large to compare by lines: said, not shown.
            await SendAsync(Encoding.UTF8.GetBytes(parameters.Format is "patch" or "word" ? $"Large file {change.Path} differs\n" : ""), cancellationToken);
            var large = new FileStat(change.Path.ToString(), change.Path.ToString(), (long)(change.New?.SizeBytes ?? 0), (long)(change.Old?.SizeBytes ?? 0), IsBinary: true);
            _stats.Add(large);
            return large;
        }

        var stat = FileStat.Measure(header, before, after, lineOptions);
        _stats.Add(stat);
        switch (parameters.Format)
        {
            case "structured":
                await context.SendAsync(Structured(change, stat, before, after), IpcJson.Default.FileDiffEvent, cancellationToken);
                break;
            case "word" when !stat.IsBinary:
                await SendAsync(Words(change, before, after), cancellationToken);
                break;
            case "patch" or "word":
                await SendAsync(UnifiedPatch.Format(header, before, after, _options), cancellationToken);
                break;
        }

        return stat;
    }

    private byte[] Words(PathChange change, ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Encoding.UTF8.GetBytes($"--- {change.OldPath ?? change.Path}\n+++ {change.Path}\n"));
        WordPatch.WriteHunks(output, LineDiff.Compute(before, after, lineOptions), _options);
        return output.WrittenSpan.ToArray();
    }

    private FileDiffEvent Structured(PathChange change, FileStat stat, ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var hunks = new List<HunkInfo>();
        if (!stat.IsBinary)
        {
            var lines = LineDiff.Compute(before, after, lineOptions);
            hunks.AddRange(DiffHunk.Of(lines, _options.ContextLines, _options.WholeFunctions).Select(hunk => new HunkInfo(hunk.OldStart + 1, hunk.OldCount, hunk.NewStart + 1, hunk.NewCount, Lines(lines, hunk))));
        }

        var newHash = change.New is { } entry ? entry.Hash == WorkingChanges.Unread ? ContentHash.OfContent(after.Span) : entry.Hash : (ContentHash?)null;
        return Entry(change, newHash, stat, hunks);
    }

    private static FileDiffEvent Entry(PathChange change, ContentHash? newHash, FileStat? stat, IReadOnlyList<HunkInfo> hunks) => new(
        change.Path.ToString(), change.Type.Text, change.OldPath?.ToString(), change.Old?.Hash.ToString(), newHash?.ToString(),
        change.Old?.Kind.ToString().ToLowerInvariant(), change.New?.Kind.ToString().ToLowerInvariant(),
        stat?.IsBinary ?? false, stat is { IsBinary: false } ? (int)stat.Added : 0, stat is { IsBinary: false } ? (int)stat.Removed : 0, hunks);

    private static List<string> Lines(LineDiff diff, DiffHunk hunk)
    {
        var lines = new List<string>();
        var at = hunk.NewStart;
        foreach (var edit in hunk.Edits)
        {
            Add(lines, ' ', diff.New, at, edit.NewStart);
            Add(lines, '-', diff.Old, edit.OldStart, edit.OldEnd);
            Add(lines, '+', diff.New, edit.NewStart, edit.NewEnd);
            at = edit.NewEnd;
        }

        Add(lines, ' ', diff.New, at, hunk.NewStart + hunk.NewCount);
        return lines;
    }

    private static void Add(List<string> lines, char prefix, TextLines text, int from, int to)
    {
        for (var line = from; line < to; line++)
        {
            lines.Add(prefix + Encoding.UTF8.GetString(text[line]).TrimEnd('\n'));
        }
    }

    private static PatchHeader Header(PathChange change) => new()
    {
        OldPath = (change.OldPath ?? change.Path).Memory,
        NewPath = change.Path.Memory,
        OldMode = Mode(change.Old),
        NewMode = Mode(change.New),
        Origin = change.Type switch { ChangeType.Renamed => PatchOrigin.Renamed, ChangeType.Copied => PatchOrigin.Copied, _ => PatchOrigin.Same },
        Similarity = change.SimilarityPercent,
    };

    private static PatchMode? Mode(DirectoryEntry? entry) => entry?.Kind switch
    {
        null => null,
        EntryKind.Executable => PatchMode.Executable,
        EntryKind.Symlink => PatchMode.Symlink,
        EntryKind.NestedTree or EntryKind.ForeignLink => PatchMode.Link,
        _ => PatchMode.File,
    };

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        for (var at = 0; at < bytes.Length; at += PieceBytes)
        {
            await context.SendAsync(new ContentEvent(bytes.Slice(at, Math.Min(PieceBytes, bytes.Length - at)).ToArray()), IpcJson.Default.ContentEvent, cancellationToken);
        }
    }
}
