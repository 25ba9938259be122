using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.History.Blame;

/// <summary>
/// Finds for each line of a file the snapshot that brought it: suspects the newest, hands every line that a parent has too on to that
/// parent, and stops where no parent has it. Use an instance once.
/// </summary>
public sealed class FileBlame(BlameSources sources)
{
    private readonly PriorityQueue<Suspect, (long Time, int Number)> _open = new();
    private readonly Dictionary<(int Number, TreePath Path), Suspect> _suspects = [];
    private readonly List<BlamedLines> _settled = [];
    private readonly List<int> _parents = [];
    private int _looked;

    /// <summary>Blames some lines of a file as it is in a snapshot. Null where a version is too large for lines, or there is no such file.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="path">The file.</param>
    /// <param name="lines">The lines that are asked about.</param>
    /// <param name="later">The file as it is now, where that is what is asked about: what only it has is blamed on <see cref="HistoryIndex.None"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<IReadOnlyList<BlamedLines>?> RunAsync(int snapshot, TreePath path, IReadOnlyList<LineSpan> lines, TextLines? later, CancellationToken cancellationToken)
    {
        var entry = await sources.Directories.FindAsync(sources.Index.RootOf(snapshot), path.Names(), cancellationToken);
        if (entry is null || !entry.Kind.HasContent)
        {
            return null;
        }

        var first = Suspected(snapshot, path, entry.Hash);
        var asked = lines.Select(span => new Piece(span.Start, span.End - span.Start, span.Start, false)).ToList();
        if (later is null)
        {
            first.Lines.AddRange(asked);
        }
        else if ((first.Text = await ReadAsync(entry.Hash, cancellationToken)) is { } recorded)
        {
            var own = new List<Piece>();
            var edits = LineMap.Edits(recorded, later);
            asked.ForEach(piece => LineMap.Split(edits, piece, first.Lines, own));
            _settled.AddRange(own.Select(piece => new BlamedLines(piece.Start, piece.Count, HistoryIndex.None, path, piece.At, false)));
        }

        while (_open.TryDequeue(out var suspect, out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
            sources.Progress?.Report(++_looked);
            _suspects.Remove((suspect.Number, suspect.Path));
            if (suspect.Lines.Count > 0)
            {
                await HandOnAsync(suspect, cancellationToken);
                _settled.AddRange(suspect.Lines.Select(piece => new BlamedLines(piece.Start, piece.Count, suspect.Number, suspect.Path, piece.At, piece.WasPassedOn)));
            }
        }

        return Joined();
    }

    /// <summary>Hands on what the parents have; what stays in the suspect's list is its own.</summary>
    private async ValueTask HandOnAsync(Suspect suspect, CancellationToken cancellationToken)
    {
        _parents.Clear();
        sources.Index.AddParentsOf(suspect.Number, _parents);
        if (_parents.Count == 0)
        {
            return;
        }

        if (!sources.Index.MayChange(suspect.Number, suspect.Key))
        {
            HandAllOn(suspect, Suspected(_parents[0], suspect.Path, suspect.Content, suspect));
            return;
        }

        var parents = _parents.ToArray();
        var before = new Standing?[parents.Length];
        foreach (var moved in new[] { false, true })
        {
            for (var i = 0; i < parents.Length; i++)
            {
                before[i] ??= moved ? await FindMovedAsync(parents[i], suspect, cancellationToken) : await FindAsync(parents[i], suspect.Path, suspect.Names, cancellationToken);
                if (before[i] is { } whole && whole.Content == suspect.Content)
                {
                    HandAllOn(suspect, Suspected(whole.Number, whole.Path, whole.Content, suspect));
                    return;
                }
            }
        }

        // Two parents that have the same would be asked the same again.
        var different = before.OfType<Standing>().DistinctBy(standing => standing.Content).ToList();
        foreach (var standing in different)
        {
            if (suspect.Lines.Count > 0)
            {
                await HandEqualOnAsync(suspect, standing, cancellationToken);
            }
        }

        if (suspect.Lines.Count > 0 && different.Count > 0 && sources.Ignored.Contains(suspect.Number))
        {
            await HandGuessedOnAsync(suspect, different[0], cancellationToken);
        }
    }

    private async ValueTask<Standing?> FindAsync(int parent, TreePath path, IReadOnlyList<EntryName> names, CancellationToken cancellationToken) =>
        await sources.Directories.FindAsync(sources.Index.RootOf(parent), names, cancellationToken) is { } entry && entry.Kind.HasContent
            ? new Standing(parent, path, entry.Hash)
            : null;

    private async ValueTask<Standing?> FindMovedAsync(int parent, Suspect suspect, CancellationToken cancellationToken) =>
        await sources.Origin(parent, suspect.Number, suspect.Path, cancellationToken) is { } source
            ? await FindAsync(parent, source, source.Names(), cancellationToken)
            : null;

    private async ValueTask HandEqualOnAsync(Suspect suspect, Standing standing, CancellationToken cancellationToken)
    {
        var target = await AlignedAsync(suspect, standing, cancellationToken);
        if (target is null)
        {
            return;
        }

        var own = new List<Piece>();
        foreach (var piece in suspect.Lines)
        {
            LineMap.Split(target.Value.Edits, piece, target.Value.Suspect.Lines, own);
        }

        suspect.Lines.Clear();
        suspect.Lines.AddRange(own);
    }

    private async ValueTask HandGuessedOnAsync(Suspect suspect, Standing standing, CancellationToken cancellationToken)
    {
        var target = await AlignedAsync(suspect, standing, cancellationToken);
        if (target is null)
        {
            return;
        }

        var own = new List<Piece>();
        foreach (var piece in suspect.Lines)
        {
            for (var i = 0; i < piece.Count; i++)
            {
                var line = new Piece(piece.Start + i, 1, piece.At + i, piece.WasPassedOn);
                if (LineGuess.Before(target.Value.Edits, suspect.Text!, target.Value.Suspect.Text!, line.At) is { } at)
                {
                    target.Value.Suspect.Lines.Add(line with { At = at, WasPassedOn = true });
                }
                else
                {
                    own.Add(line);
                }
            }
        }

        suspect.Lines.Clear();
        suspect.Lines.AddRange(own);
    }

    private async ValueTask<(Suspect Suspect, IReadOnlyList<LineEdit> Edits)?> AlignedAsync(Suspect suspect, Standing standing, CancellationToken cancellationToken)
    {
        var target = Suspected(standing.Number, standing.Path, standing.Content);
        suspect.Text ??= await ReadAsync(suspect.Content, cancellationToken);
        target.Text ??= await ReadAsync(standing.Content, cancellationToken);
        return suspect.Text is { } now && target.Text is { } before ? (target, LineMap.Edits(before, now)) : null;
    }

    private async ValueTask<TextLines?> ReadAsync(ContentHash content, CancellationToken cancellationToken) =>
        await sources.Content(content, cancellationToken) is { } bytes ? TextLines.Split(bytes) : null;

    private static void HandAllOn(Suspect from, Suspect to)
    {
        to.Lines.AddRange(from.Lines);
        to.Text ??= from.Text;
        from.Lines.Clear();
    }

    private Suspect Suspected(int number, TreePath path, ContentHash content, Suspect? like = null)
    {
        if (!_suspects.TryGetValue((number, path), out var suspect))
        {
            suspect = like is not null && like.Path == path ? new Suspect(number, like) : new Suspect(number, path, content);
            _suspects.Add((number, path), suspect);
            _open.Enqueue(suspect, (-sources.Index.OrderOf(number), -number));
        }

        return suspect;
    }

    /// <summary>Puts the settled pieces into the file's order and joins those that belong together.</summary>
    private List<BlamedLines> Joined()
    {
        var joined = new List<BlamedLines>();
        foreach (var next in _settled.OrderBy(lines => lines.Start))
        {
            if (joined.Count > 0 && joined[^1] is var last && last.End == next.Start && last.Snapshot == next.Snapshot && last.Path == next.Path
                && last.OriginStart + last.Count == next.OriginStart && last.WasPassedOn == next.WasPassedOn)
            {
                joined[^1] = last with { Count = last.Count + next.Count };
            }
            else
            {
                joined.Add(next);
            }
        }

        return joined;
    }

    private readonly record struct Standing(int Number, TreePath Path, ContentHash Content);
}

/// <summary>Lines that are somebody's for now: where they stand in the file that was asked about, and in the suspect's.</summary>
internal readonly record struct Piece(int Start, int Count, int At, bool WasPassedOn);

/// <summary>A snapshot's version of the file, with the lines that nobody before it is known to have.</summary>
internal sealed class Suspect
{
    public Suspect(int number, TreePath path, ContentHash content) =>
        (Number, Path, Content, Key, Names) = (number, path, content, PathKey.Of(path), path.Names());

    public Suspect(int number, Suspect like) => (Number, Path, Content, Key, Names) = (number, like.Path, like.Content, like.Key, like.Names);

    public int Number { get; }

    public TreePath Path { get; }

    public ContentHash Content { get; }

    public PathKey Key { get; }

    public IReadOnlyList<EntryName> Names { get; }

    public TextLines? Text { get; set; }

    public List<Piece> Lines { get; } = [];
}
