using System.Globalization;
using W0rktree.Storage.Files;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Transactions;

namespace W0rktree.Storage.Reflog;

/// <summary>
/// Cuts off the beginning of the log. The shorter file is durable before a checkpoint names it, and the old one goes when both
/// checkpoints that are kept have passed it: a crash at any point leaves the log with or without its beginning.
/// </summary>
internal sealed class ReflogPrune(StoreParts parts, CommitLoop loop)
{
    private const string Suffix = ".wtr";

    /// <summary>Removes the entries up to a number. The newest entry always stays.</summary>
    /// <exception cref="InvalidDataException">An entry is damaged; nothing was pruned.</exception>
    public async Task<ReflogPruning> RunAsync(ulong upTo, CancellationToken cancellationToken)
    {
        ReflogPruning pruning = default;
        InvalidDataException? damage = null;
        await loop.RunStepAsync(() => damage = TryPrune(upTo, out pruning), cancellationToken);
        return damage is null ? pruning : throw damage;
    }

    // Damage that is found here changes nothing, and the store goes on.
    private InvalidDataException? TryPrune(ulong upTo, out ReflogPruning pruning)
    {
        pruning = default;
        try
        {
            // The first checkpoint brings what is in the journal into the file, the others make both of them name the new one.
            loop.WriteCheckpoint();
            pruning = parts.Reflog.Prune(parts.Options.Files, parts.Layout.Reflog, Math.Min(upTo, parts.Reflog.Head.Sequence - 1));
            if (pruning.Entries > 0)
            {
                loop.WriteCheckpoint();
                loop.WriteCheckpoint();
                RemoveUnneeded(parts.Layout, parts.Options.Files, parts.Checkpoints);
            }

            return null;
        }
        catch (InvalidDataException e)
        {
            return e;
        }
    }

    /// <summary>Removes the files of the log that no checkpoint names: what a crash amid pruning leaves. Without checkpoints there is only the first.</summary>
    public static void RemoveUnneeded(StoreLayout layout, IStoreFiles files, CheckpointStore checkpoints)
    {
        foreach (var name in files.ListFiles(layout.Reflog).Where(name => name.EndsWith(Suffix, StringComparison.Ordinal)))
        {
            var isNumber = ulong.TryParse(name.AsSpan(0, name.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            if (isNumber && checkpoints.NewestSequence > 0 && !checkpoints.NeedsReflog(number))
            {
                files.Delete(Path.Combine(layout.Reflog, name));
            }
        }
    }
}
