using System.Text;
using W0rktree.Core;
using W0rktree.Core.History.Blame;
using W0rktree.Core.History.Index;
using W0rktree.Core.History.Walks;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextDiff;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.History;

/// <summary>Asks for the lines of one file who brought them.</summary>
internal sealed class BlameQuery(OpenCopy copy, HistoryIndex index)
{
    /// <summary>Stands for author and message of lines that no snapshot has.</summary>
    private const string NotYet = "(in no snapshot yet)";

    private readonly DirectoryCache _directories = new(copy.Graph);
    private readonly Dictionary<int, SnapshotInfo> _described = [];

    /// <summary>Gets whether the file is asked about as it stands in the working directory, where it stands there.</summary>
    public bool AsItIsNow { get; init; }

    /// <summary>Answers; the file is as it stands in the snapshot, or now.</summary>
    public async Task<Result<IReadOnlyList<BlameEvent>>> RunAsync(
        SnapshotId at, TreePath path, IReadOnlyList<LineRangeParam> ranges, IReadOnlySet<int> ignored, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var entry = await copy.Graph.FindAsync(index.RootOf(index.Find(at)), path, cancellationToken);
        if (entry is null || !entry.Kind.HasContent)
        {
            return new Error(ErrorCodes.UnknownPath, $"Snapshot {at.ToShortString()} has no file '{path}'.", "'wt show' lists what a snapshot changed.");
        }

        var sides = new StoredSides(copy);
        if (await sides.ReadAsync(entry.Hash, cancellationToken) is not { } content)
        {
            return new Error(ErrorCodes.TooLarge, $"'{path}' is larger than {StoredSides.MaxTextBytes:N0} bytes; its lines are not looked at.");
        }

        var later = AsItIsNow && entry.Kind.IsFile ? Changed(path, content) : null;
        var text = later ?? TextLines.Split(content);
        var spans = Spans(ranges, text.Count);
        if (!spans.IsOk)
        {
            return spans.Error;
        }

        var origins = new FileOrigins(index, _directories, sides.ReadAsync, RenameLimits.ForDiff with { MinimumPercent = (int)copy.Config.Current.Number("diff.rename_similarity") });
        var blame = new FileBlame(new BlameSources
        {
            Index = index, Directories = _directories, Content = sides.ReadAsync, Origin = origins.FindAsync, Ignored = ignored,
            Progress = new Looked(progress),
        });
        var blamed = await blame.RunAsync(index.Find(at), path, spans.Value, later, cancellationToken);
        var events = new List<BlameEvent>();
        foreach (var lines in blamed ?? [])
        {
            string[] shown = [.. Enumerable.Range(lines.Start, lines.Count).Select(line => Encoding.UTF8.GetString(text[line]).TrimEnd('\n'))];
            events.Add(lines.Snapshot == HistoryIndex.None
                ? new BlameEvent(lines.Start + 1, new ContentHash().ToString(), lines.Path.ToString(), lines.OriginStart + 1, false, NotYet, SnapshotTime.From(copy.Time.GetUtcNow()).ToString(), NotYet, shown)
                : Event(lines, await DescribeAsync(lines.Snapshot, cancellationToken), shown));
        }

        return events;
    }

    private static BlameEvent Event(BlamedLines lines, SnapshotInfo info, string[] shown) =>
        new(lines.Start + 1, info.Id, lines.Path.ToString(), lines.OriginStart + 1, lines.WasPassedOn, info.Author, info.Time, info.Message?.Split('\n')[0], shown);

    /// <summary>Reads the file from the working directory; null where it is as recorded, not there, or too large for lines.</summary>
    private TextLines? Changed(TreePath path, ReadOnlyMemory<byte> recorded)
    {
        using var file = copy.Files.Open(path);
        if (file?.Look().Stamp.SizeBytes is not { } size || size > StoredSides.MaxTextBytes)
        {
            return null;
        }

        var bytes = new byte[size];
        var now = bytes.AsMemory(0, file.Read(bytes, 0));
        return now.Span.SequenceEqual(recorded.Span) ? null : TextLines.Split(now);
    }

    private static Result<IReadOnlyList<LineSpan>> Spans(IReadOnlyList<LineRangeParam> ranges, int count)
    {
        if (ranges.Count == 0)
        {
            return count == 0 ? [] : new[] { new LineSpan(0, count) };
        }

        var spans = new List<LineSpan>();
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (range.First < 1 || range.First > count || range.Last < range.First)
            {
                return new Error(ErrorCodes.InvalidArgument, $"The file has {count:N0} lines; there is no range {range.First}–{range.Last} in it.", "As in '-L 10,20' or '-L 10,+5'.");
            }

            var start = Math.Max(range.First - 1, spans.Count == 0 ? 0 : spans[^1].End);
            if (start < Math.Min(range.Last, count))
            {
                spans.Add(new LineSpan(start, Math.Min(range.Last, count)));
            }
        }

        return spans;
    }

    private async ValueTask<SnapshotInfo> DescribeAsync(int number, CancellationToken cancellationToken)
    {
        if (!_described.TryGetValue(number, out var info))
        {
            var id = index.IdOf(number);
            _described[number] = info = Describe.Snapshot(id, await copy.Graph.ReadSnapshotAsync(id, cancellationToken));
        }

        return info;
    }

    private sealed class Looked(IProgress<ProgressInfo> target) : IProgress<int>
    {
        private const int Step = 256;

        public void Report(int value)
        {
            if (value % Step == 0)
            {
                target.Report(new ProgressInfo("following lines", value, null, "snapshots"));
            }
        }
    }
}
