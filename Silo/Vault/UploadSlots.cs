using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Storage;
using W0rktree.Storage.Files;

namespace W0rktree.Silo.Vault;

/// <summary>Opens quarantines, one user of each at a time, and removes those that nobody came back for. Thread-safe.</summary>
internal sealed class UploadSlots(TimeProvider clock)
{
    // A client that lost its connection tries again within minutes; over a weekend at the most.
    private static readonly TimeSpan Life = TimeSpan.FromDays(3);

    // The call before may not have noticed yet that its connection is gone.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private const int MaxPerAccount = 8;

    /// <summary>Opens a quarantine; <c>busy</c> while another call has it, or where the account has too many.</summary>
    public async Task<Result<Upload>> OpenAsync(
        string treeFolder, UploadKey key, UploadPlan? plan, VaultOptions limits, UploadRoom room, ObjectStore target, TreeId tree, CancellationToken cancellationToken)
    {
        var all = Path.Combine(treeFolder, "uploads", key.Account.ToString());
        var folder = Path.Combine(all, key.Session.ToString("x32"));
        if (plan is null && !Directory.Exists(folder))
        {
            return new Error("not_found", "There is no such upload.", "Begin it again.");
        }

        if (plan is not null && !room.HasRoom)
        {
            return room.Full;
        }

        if (!Directory.Exists(folder) && RemoveStale(all) >= MaxPerAccount)
        {
            return new Error("busy", $"There are {MaxPerAccount} unfinished uploads of this account to this tree.", "Finish them, or wait until they lapse.");
        }

        // Small segments: an upload of one save is a few kilobytes and should not allocate more than a little.
        var options = new StoreOptions { Program = "worktree-server", SegmentBytes = 4 << 20 };
        var opened = await ObjectStore.OpenAsync(folder, options, cancellationToken);
        for (var began = clock.GetTimestamp(); !opened.IsOk && opened.Error.Code == "store_locked" && clock.GetElapsedTime(began) < Patience;)
        {
            await Task.Delay(Pause, clock, cancellationToken);
            opened = await ObjectStore.OpenAsync(folder, options, cancellationToken);
        }

        return opened.TryGet(out var store, out var error)
            ? await Upload.BeginAsync(folder, store, plan, target, tree, limits, room, cancellationToken)
            : error.Code == "store_locked" ? new Error("busy", "This upload is under way in another call.", "Try again in a moment.") : throw new IOException(error.ToString());
    }

    private int RemoveStale(string folder)
    {
        var left = 0;
        foreach (var session in Directory.Exists(folder) ? new DirectoryInfo(folder).GetDirectories() : [])
        {
            if (clock.GetUtcNow().UtcDateTime - session.LastWriteTimeUtc > Life && Remove(session.FullName))
            {
                continue;
            }

            left++;
        }

        return left;
    }

    private static bool Remove(string folder)
    {
        if (StoreLock.TryTake(Path.Combine(folder, "lock"), "worktree-server").TryGet(out var taken, out _))
        {
            using (taken)
            {
                Directory.Delete(folder, recursive: true);
                return true;
            }
        }

        return false;
    }
}
