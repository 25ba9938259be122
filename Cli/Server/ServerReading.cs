using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Server;

/// <summary>Reads a worktree on a server, in the shapes that the agent answers in.</summary>
internal static class ServerReading
{
    /// <summary>Lists history, nearest first, and gives whether there is more.</summary>
    public static async Task<LogResult> LogAsync(this ServerDoor door, LogParams log, Action<SnapshotInfo> show, CancellationToken cancellationToken)
    {
        var (count, path) = (0, door.Place.Worktree + "/history" + Query(("at", log.From), ("path", log.Path), ("limit", log.Limit is { } most ? $"{Math.Clamp(most + 1, 1, 200)}" : "200")));
        await foreach (var snapshot in door.ListAsync(path, ServerJson.Default.PageSnapshotInfo, cancellationToken))
        {
            if (count == log.Limit)
            {
                return new LogResult(count, More: true);
            }

            count++;
            show(snapshot);
        }

        return new LogResult(count, More: false);
    }

    /// <summary>Shows a snapshot.</summary>
    public static async Task<ShowResult> ShowAsync(this ServerDoor door, string? revision, CancellationToken cancellationToken)
    {
        var at = revision ?? (await door.GetAsync(door.Place.Worktree + "/history?limit=1", ServerJson.Default.PageSnapshotInfo, cancellationToken)).Items[0].Id;
        var found = await door.GetAsync($"{door.Place.Worktree}/snapshots/{Uri.EscapeDataString(at)}", ServerJson.Default.RemoteSnapshot, cancellationToken);
        return new ShowResult(found.Snapshot, found.Changes, null, null);
    }

    /// <summary>Writes a file as it was in a snapshot.</summary>
    public static Task CopyFileAsync(this ServerDoor door, string? revision, string path, Stream output, CancellationToken cancellationToken) =>
        door.CopyAsync(door.Place.Worktree + "/content" + Query(("at", revision), ("path", path)), output, cancellationToken);

    /// <summary>Lists branches.</summary>
    public static async Task<BranchListResult> BranchesAsync(this ServerDoor door, CancellationToken cancellationToken)
    {
        var branches = new List<BranchEntry>();
        await foreach (var branch in door.ListAsync(door.Place.Worktree + "/branches", ServerJson.Default.PageRemoteBranch, cancellationToken))
        {
            branches.Add(new BranchEntry(branch.Name, branch.Head, Current: false, Remote: true, null, null, Deleted: false, null));
        }

        return new BranchListResult(branches);
    }

    /// <summary>Lists staged work.</summary>
    public static async Task<StagedListResult> StagedAsync(this ServerDoor door, TimeProvider clock, CancellationToken cancellationToken)
    {
        var me = await door.GetAsync("account", ServerJson.Default.RemoteAccount, cancellationToken);
        var entries = new List<StagedInfo>();
        await foreach (var staged in door.ListAsync(door.Place.Worktree + "/staged", ServerJson.Default.PageRemoteStaged, cancellationToken))
        {
            entries.Add(new StagedInfo
            {
                Account = staged.Account, Copy = staged.Copy, Mine = staged.Account == me.Account, Branch = staged.Branch, Snapshot = staged.Snapshot,
                State = staged.State, StagedAt = staged.StagedAt, Changes = staged.Changes, ChangeCount = staged.ChangeCount,
            });
        }

        return new StagedListResult(entries, clock.GetUtcNow(), Offline: false);
    }

    /// <summary>Writes the part of an address after the question mark; what is null is left out.</summary>
    public static string Query(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var text = new System.Text.StringBuilder();
        foreach (var (name, value) in parts)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return text.ToString();
    }
}
