using System.Globalization;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.History;
using W0rktree.LocalAgent.Git.Import;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Branches;

/// <summary>
/// Finds the snapshot that a user means: <c>@</c>, a branch, <c>branch@server</c>, a tag, an id or a unique beginning of one,
/// <c>git:</c> and the id, or its beginning, of a commit that was imported or exported, each with <c>~N</c> for the Nth first parent.
/// </summary>
internal sealed class Revisions(OpenCopy copy)
{
    private const int MinPrefix = 4;
    private const string ServerSuffix = "@server";
    private const string GitPrefix = "git:";

    private GitIdMap? _commits;

    /// <summary>Resolves a revision; null means the line's tip.</summary>
    public async ValueTask<Result<SnapshotId>> ResolveAsync(string? text, CancellationToken cancellationToken)
    {
        text = string.IsNullOrEmpty(text) ? "@" : text;
        var tilde = text.LastIndexOf('~');
        var steps = tilde < 0 ? "0" : text[(tilde + 1)..] is { Length: > 0 } given ? given : "1";
        if (!int.TryParse(steps, NumberStyles.None, CultureInfo.InvariantCulture, out var back))
        {
            return new Error(ErrorCodes.UnknownRevision, $"'{text}' does not end in a number of steps back.", "As in 'main~2'.");
        }

        var found = await FindAsync(tilde >= 0 ? text[..tilde] : text, cancellationToken);
        return found.IsOk ? await WalkBackAsync(found.Value, back, text, cancellationToken) : found.Error;
    }

    /// <summary>Finds a branch of this store by name: the copy's line on it, else where it stands.</summary>
    public Result<SnapshotId> ResolveBranch(string name)
    {
        var branch = BranchName.Parse(name);
        if (branch.IsOk && copy.Refs.LineOf(copy.Identity.CopyId, branch.Value) is { } id)
        {
            return id;
        }

        return new Error(ErrorCodes.UnknownBranch, $"There is no branch '{name}'.", "'wt branch list' shows all; 'wt branch create' makes one.");
    }

    private async ValueTask<Result<SnapshotId>> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (text is "@" or "")
        {
            return copy.Position.Tip is { } tip ? tip : new Error(ErrorCodes.UnknownRevision, "There is no snapshot yet.", "'wt snapshot' makes the first one.");
        }

        if (text.StartsWith(GitPrefix, StringComparison.Ordinal))
        {
            return await FindCommitAsync(text[GitPrefix.Length..].ToLowerInvariant(), text, cancellationToken);
        }

        if (text.EndsWith(ServerSuffix, StringComparison.Ordinal))
        {
            return copy.Refs.Get($"server/{text[..^ServerSuffix.Length]}") is { } server ? server
                : new Error(ErrorCodes.UnknownBranch, $"'{text}' is not known here.", "'wt sync now' asks the server for its branches.");
        }

        if (ResolveBranch(text) is { IsOk: true } branch)
        {
            return branch.Value;
        }

        return copy.Refs.Get($"tag/{text}") is { } tag ? tag : await FindByIdAsync(text, cancellationToken);
    }

    private async ValueTask<Result<SnapshotId>> FindByIdAsync(string text, CancellationToken cancellationToken)
    {
        var prefix = text.ToLowerInvariant();
        if (SnapshotId.TryParse(prefix, out var exact) && await copy.Graph.TryReadSnapshotAsync(exact, cancellationToken) is not null)
        {
            return exact;
        }

        var matches = new HashSet<SnapshotId>();
        if (prefix.Length >= MinPrefix && prefix.All(char.IsAsciiHexDigitLower))
        {
            const int more = 1000;
            var index = await StoreHistory.Of(copy.Store).ReachAsync(copy.Refs.List("").Select(pair => pair.Value).ToHashSet(), null, cancellationToken);
            matches.UnionWith(index.FindByPrefix(prefix, more).Select(index.IdOf).Where(id => copy.Store.Holds(id.Hash)));
        }

        return OneOf(matches, text, "snapshots");
    }

    private async ValueTask<Result<SnapshotId>> FindCommitAsync(string id, string text, CancellationToken cancellationToken)
    {
        _commits ??= await GitIdMap.LoadAsync(copy.Store, cancellationToken);
        if (GitId.TryParse(id, out var whole))
        {
            return _commits.Find(whole) is { } known ? known : Unknown(text);
        }

        var matches = id.Length >= MinPrefix ? _commits.Pairs.Where(pair => pair.Key.ToString().StartsWith(id, StringComparison.Ordinal)).Select(pair => pair.Value).ToHashSet() : [];
        return OneOf(matches, text, "commits");
    }

    private static Error Unknown(string text) => new(ErrorCodes.UnknownRevision, $"'{text}' is no snapshot, branch or tag known here.", "'wt log' and 'wt branch list' show what there is.");

    private static Result<SnapshotId> OneOf(HashSet<SnapshotId> matches, string text, string what) => matches.Count switch
    {
        1 => matches.Single(),
        0 => Unknown(text),
        _ => new Error("ambiguous_revision", $"'{text}' is the beginning of {matches.Count} {what}' ids.", "Give more digits."),
    };

    private async ValueTask<Result<SnapshotId>> WalkBackAsync(SnapshotId from, int steps, string text, CancellationToken cancellationToken)
    {
        var at = from;
        for (var i = 0; i < steps; i++)
        {
            var snapshot = await copy.Graph.ReadSnapshotAsync(at, cancellationToken);
            if (snapshot.Parents.IsEmpty)
            {
                return new Error(ErrorCodes.UnknownRevision, $"'{text}' goes back beyond the first snapshot.");
            }

            at = snapshot.Parents[0];
        }

        return at;
    }
}
