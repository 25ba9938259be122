using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Checks that each path of a merge result is explained by one side, both, or a recorded conflict, and that nothing which a
/// side has vanished without the other side deleting it. Shares no decision with <see cref="TreeMerger"/>.
/// </summary>
public sealed class MergeProof
{
    private readonly IMergeObjects _objects;
    private readonly AttributeBook _attributes;
    private readonly Dictionary<TreePath, List<ConflictKind>> _conflicts;
    private readonly MergeExplanation _explanation;
    private readonly ProofWalk _walk;
    private readonly HashSet<(int Tree, TreePath Path)> _used = [];
    private readonly HashSet<TreePath> _parts;

    private MergeProof(IMergeObjects objects, ContentHash ours, TreeMergeOutcome outcome)
    {
        _attributes = new AttributeBook(objects, ours);
        _objects = objects;
        _walk = new ProofWalk(objects);
        _explanation = outcome.Explanation;
        _parts = [.. _explanation.Facts.Where(fact => fact.IsPart).Select(fact => fact.Result)];
        _conflicts = outcome.AllConflicts.GroupBy(conflict => conflict.Path).ToDictionary(group => group.Key, group => group.Select(conflict => conflict.Kind).ToList());
    }

    /// <summary>Checks a result; gives what nothing explains, which is nothing for a sound merge.</summary>
    public static async ValueTask<IReadOnlyList<MergeDefect>> CheckAsync(
        IMergeObjects objects, ContentHash? baseRoot, ContentHash ours, ContentHash theirs, TreeMergeOutcome outcome, CancellationToken cancellationToken)
    {
        var proof = new MergeProof(objects, ours, outcome);
        await proof._walk.WalkAsync(TreePath.Root, baseRoot, ours, theirs, outcome.Root, cancellationToken);
        foreach (var fact in proof._explanation.Facts)
        {
            await proof.CheckFactAsync(fact, new Roots(baseRoot, ours, theirs, outcome.Root), cancellationToken);
        }

        foreach (var path in proof._walk.Paths.Values)
        {
            proof.CheckPlain(path);
        }

        return proof._walk.Defects;
    }

    private async ValueTask CheckFactAsync(PathFact fact, Roots roots, CancellationToken cancellationToken)
    {
        var before = await UseAsync(0, roots.Base, fact.Base, cancellationToken);
        var ours = await UseAsync(1, roots.Ours, fact.Ours, cancellationToken);
        var theirs = await UseAsync(2, roots.Theirs, fact.Theirs, cancellationToken);
        var result = await UseAsync(3, roots.Result, fact.Result, cancellationToken);
        if ((fact.Base is not null && before is null) || (fact.Ours is not null && ours is null) || (fact.Theirs is not null && theirs is null))
        {
            Defect(fact.Result, "it is said to come from a file that is not there");
            return;
        }

        if (!await MovedAsync(fact.Ours, fact.Base, roots.Ours, roots.Base, cancellationToken) || !await MovedAsync(fact.Theirs, fact.Base, roots.Theirs, roots.Base, cancellationToken))
        {
            Defect(fact.Result, "it is said to have moved, but the old file still stands or the new one stood before");
        }

        if (fact.IsPart)
        {
            if (fact.Text is { } part && !HoldsAll(part, await ReadAsync(result, cancellationToken)))
            {
                Defect(fact.Result, "lines of a file that moved here are missing");
            }

            return;
        }

        if (!PlaceIsRight(fact))
        {
            Defect(fact.Result, "no side put it there, and no conflict says so");
        }

        if (await WrongContentAsync(fact, new(fact.Result, before, ours, theirs, result), cancellationToken) is { } wrong)
        {
            Defect(fact.Result, wrong);
        }
    }

    /// <summary>What is left at a path after the claims have taken what they explain must be plain, or a conflict that kept one side.</summary>
    private void CheckPlain(ProofPath path)
    {
        var before = Left(0, path.Path, path.Base);
        var ours = Left(1, path.Path, path.Ours);
        var theirs = Left(2, path.Path, path.Theirs);
        if (_used.Contains((3, path.Path)))
        {
            // Another file may stand where a claim's one does not: then it must have been deleted.
            if ((ours is not null && !ProofWalk.Same(ours, before)) || (theirs is not null && !ProofWalk.Same(theirs, before)))
            {
                Defect(path.Path, "what a side has here was replaced by something else");
            }

            return;
        }

        if (Wrong(path.Path, new(path.Path, before, ours, theirs, path.Result)) is { } wrong)
        {
            Defect(path.Path, wrong);
        }
    }

    private DirectoryEntry? Left(int tree, TreePath path, DirectoryEntry? entry) => _used.Contains((tree, path)) ? null : entry;

    private string? Wrong(TreePath place, ProofPath p)
    {
        if (ProofWalk.Same(p.Ours, p.Theirs))
        {
            return ProofWalk.Same(p.Result, p.Ours) ? null : "both sides have the same, the result has not";
        }

        if (ProofWalk.Same(p.Theirs, p.Base) || ProofWalk.Same(p.Ours, p.Base))
        {
            var changed = ProofWalk.Same(p.Theirs, p.Base) ? p.Ours : p.Theirs;
            return ProofWalk.Same(p.Result, changed) || (IsRecorded(place) && IsEither(p)) ? null : "one side changed it, and the result does not have that change";
        }

        return IsJoinOfModes(p) || (IsRecorded(place) && IsEither(p)) ? null : "both sides changed it, and the result is no join of both";
    }

    private async ValueTask<string?> WrongContentAsync(PathFact fact, ProofPath p, CancellationToken cancellationToken)
    {
        if (_parts.Contains(fact.Result))
        {
            // One of the sides was joined before this one: what stands here holds both, or is one of them whole.
            var holds = fact.Text is { } nested ? IsRecorded(fact.Place) && HoldsAll(nested, await ReadAsync(p.Result, cancellationToken)) : p.Result is not null;
            return holds || IsEither(p) ? null : "lines of one of the files that met here are missing";
        }

        if (fact.Text is null || p.Ours is null || p.Theirs is null || p.Result is null)
        {
            return Wrong(fact.Place, p);
        }

        if (!p.Result.Kind.IsFile || !KindIsRight(fact, p))
        {
            return "its kind or executable bit is neither side's change";
        }

        var limit = ContentMerge.MaxTextBytes;
        var before = p.Base is { Kind.IsFile: true } file ? await _objects.ReadContentAsync(file.Hash, limit, cancellationToken) : ReadOnlyMemory<byte>.Empty;
        var ours = await _objects.ReadContentAsync(p.Ours.Hash, limit, cancellationToken);
        var theirs = await _objects.ReadContentAsync(p.Theirs.Hash, limit, cancellationToken);
        var result = await _objects.ReadContentAsync(p.Result.Hash, long.MaxValue, cancellationToken);
        if (before is not { } b || ours is not { } o || theirs is not { } t || result is not { } r)
        {
            return "it is said to be joined by lines, but is too large for that";
        }

        var said = await _attributes.OfAsync(fact.Ours == fact.Base || fact.Theirs == fact.Base || fact.Ours == fact.Theirs ? fact.Place : fact.Ours ?? fact.Place, cancellationToken);
        return TextProof.Check(fact.Text, b, o, t, r, IsRecorded(fact.Place), said);
    }

    /// <summary>One side changed the executable bit, the other the content.</summary>
    private static bool IsJoinOfModes(ProofPath p) =>
        p is { Base: { } b, Ours: { } o, Theirs: { } t, Result: { } r }
        && r.Hash == (o.Hash == b.Hash ? t.Hash : o.Hash) && (o.Hash == b.Hash || t.Hash == b.Hash || o.Hash == t.Hash)
        && r.Kind == (o.Kind == b.Kind ? t.Kind : o.Kind) && (o.Kind == b.Kind || t.Kind == b.Kind || o.Kind == t.Kind);

    private bool KindIsRight(PathFact fact, ProofPath p) =>
        p.Result!.Kind == (p.Ours!.Kind == p.Base?.Kind ? p.Theirs!.Kind : p.Ours.Kind) || (IsRecorded(fact.Place) && (p.Result.Kind == p.Ours.Kind || p.Result.Kind == p.Theirs!.Kind));

    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(DirectoryEntry? entry, CancellationToken cancellationToken) =>
        entry is { Kind.IsFile: true } ? await _objects.ReadContentAsync(entry.Hash, long.MaxValue, cancellationToken) ?? default : default;

    /// <summary>
    /// Tells whether what both sides changed is in a content, line by line and in order. Not in one piece: where the file met another
    /// one, lines that both have stand outside the conflict.
    /// </summary>
    private static bool HoldsAll(TextMerge.ThreeWayText claim, ReadOnlyMemory<byte> content)
    {
        var result = TextDiff.TextLines.Split(content);
        return claim.Hunks.All(hunk => HoldsInOrder(result, claim.Ours, hunk.Ours) && HoldsInOrder(result, claim.Theirs, hunk.Theirs));
    }

    private static bool HoldsInOrder(TextDiff.TextLines result, TextDiff.TextLines side, TextMerge.LineSpan span)
    {
        var at = 0;
        for (var line = span.Start; line < span.End; line++)
        {
            var wanted = side[line].TrimEnd("\r\n"u8);
            while (at < result.Count && !result[at].TrimEnd("\r\n"u8).SequenceEqual(wanted))
            {
                at++;
            }

            if (at++ == result.Count)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsEither(ProofPath p) => p.Result is not null && (ProofWalk.Same(p.Result, p.Ours) || ProofWalk.Same(p.Result, p.Theirs));

    private bool IsRecorded(TreePath path) => _conflicts.ContainsKey(path);

    /// <summary>A file stands where the side that moved it put it; anywhere else only by a recorded conflict.</summary>
    private bool PlaceIsRight(PathFact fact)
    {
        if (fact.Result != fact.Place)
        {
            return IsRecorded(fact.Place);
        }

        var moved = fact.Ours is { } ours && ours != fact.Base ? ours : fact.Theirs is { } theirs && theirs != fact.Base ? theirs : fact.Base;
        return fact.Result == moved && (fact.Ours == fact.Theirs || fact.Ours == fact.Base || fact.Theirs == fact.Base) ? true : IsRecorded(fact.Place);
    }

    private async ValueTask<bool> MovedAsync(TreePath? now, TreePath? before, ContentHash? side, ContentHash? baseRoot, CancellationToken cancellationToken) =>
        now is not { } to || before is not { } from || to == from
        || (await FindAsync(side, from, cancellationToken) is null && await FindAsync(baseRoot, to, cancellationToken) is null);

    private async ValueTask<DirectoryEntry?> UseAsync(int tree, ContentHash? root, TreePath? path, CancellationToken cancellationToken)
    {
        if (path is not { } known)
        {
            return null;
        }

        _used.Add((tree, known));
        return await FindAsync(root, known, cancellationToken);
    }

    /// <summary>Finds what stands at a path and is no directory.</summary>
    private async ValueTask<DirectoryEntry?> FindAsync(ContentHash? root, TreePath path, CancellationToken cancellationToken)
    {
        var at = root;
        DirectoryEntry? found = null;
        foreach (var name in path.Names())
        {
            found = at is { } id ? (await _objects.ReadDirectoryAsync(id, cancellationToken)).Find(name) : null;
            at = found is { Kind: EntryKind.Directory } ? found.Hash : null;
        }

        return found is { Kind: EntryKind.Directory } ? null : found;
    }

    private void Defect(TreePath path, string reason) => _walk.Defects.Add(new MergeDefect(path, reason));

    private readonly record struct Roots(ContentHash? Base, ContentHash Ours, ContentHash Theirs, ContentHash Result);
}
