using W0rktree.Core;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Files;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Packs;
using W0rktree.Storage.Reflog;
using W0rktree.Storage.Transactions;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage;

/// <summary>Brings a store's folder to an open store: lock, version, packs, checkpoint, journal, reflog.</summary>
internal static class StoreOpening
{
    public static Result<ObjectStore> Open(string folder, StoreOptions options)
    {
        StoreLayout layout = new(folder);
        var isNew = !options.Files.Exists(layout.Format);
        options.Files.CreateFolder(folder);
        var taken = StoreLock.TryTake(layout.Lock, options.Program);
        if (!taken.IsOk)
        {
            return taken.Error;
        }

        try
        {
            var opened = OpenLocked(layout, options, isNew, taken.Value);
            if (!opened.IsOk)
            {
                taken.Value.Dispose();
            }

            return opened;
        }
        catch
        {
            taken.Value.Dispose();
            throw;
        }
    }

    private static Result<ObjectStore> OpenLocked(StoreLayout layout, StoreOptions options, bool isNew, StoreLock @lock)
    {
        foreach (var folder in layout.Folders)
        {
            options.Files.CreateFolder(folder);
        }

        if (isNew)
        {
            // Written last of all folders, so a store with it is complete; and the folder's own name must last.
            AtomicFile.Write(options.Files, layout.Format, System.Text.Encoding.UTF8.GetBytes(StoreLayout.FormatLine));
            options.Files.SyncFolder(Path.GetDirectoryName(layout.Folder)!);
        }
        else if (!IsKnownFormat(options.Files, layout.Format))
        {
            return new Error("store_version", $"The store '{layout.Folder}' was made by a newer program.", "Update this program.");
        }

        RemoveUnfinished(options.Files, layout);
        List<StoreDamage> damage = [];
        ObjectIndex index = new();
        CheckpointStore checkpoints = new(options.Files, layout.State);
        var checkpoint = checkpoints.Load(damage);
        var recovered = new JournalRecovery(layout, options, index, checkpoint, damage).Run();
        return recovered.Then(journal => Assemble(layout, options, journal, index, checkpoints, checkpoint, @lock, damage));
    }

    private static Result<ObjectStore> Assemble(
        StoreLayout layout, StoreOptions options, RecoveredJournal recovered, ObjectIndex index,
        CheckpointStore checkpoints, StateCheckpoint? checkpoint, StoreLock @lock, List<StoreDamage> damage)
    {
        Poison poison = new(layout.Folder);
        JournalWriter journal = new(layout.Journal, options, poison, recovered.Start);
        PackSet packs = new(options.Files, layout.Packs);
        packs.Load(damage);
        ObjectCatalog catalog = new(index, packs, GarbageLedger.Load(options.Files, layout.Garbage, options.Clock));
        foreach (var id in recovered.DamagedObjects)
        {
            catalog.MarkDamaged(id);
        }

        if (OpenReflog(layout, options, checkpoint, recovered.ReflogEntries) is not { } reflog)
        {
            journal.Dispose();
            packs.Dispose();
            return new Error("store_damaged", $"The reflog of the store '{layout.Folder}' is damaged.", "Keep a copy of the folder before you try anything on it.");
        }

        ReflogPrune.RemoveUnneeded(layout, options.Files, checkpoints);
        ObjectSource objects = new(catalog, journal);
        StoreParts parts = new(layout, options, poison, catalog, journal, packs, objects, reflog, checkpoints);
        return new ObjectStore(parts, new CommitLoop(parts, recovered), @lock, recovered.Report);
    }

    private static ReflogView? OpenReflog(StoreLayout layout, StoreOptions options, StateCheckpoint? checkpoint, IReadOnlyList<byte[]> entries)
    {
        var mark = checkpoint?.Reflog ?? new ReflogMark(1, ReflogFile.HeaderBytes, 0, default);
        var file = checkpoint is null
            ? ReflogFile.Create(options.Files, layout.Reflog, mark.File, default)
            : ReflogFile.TryOpen(options.Files, layout.Reflog, mark);
        if (file is null)
        {
            return null;
        }

        ReflogView view = new(file, mark, layout.Folder);
        foreach (var bytes in entries)
        {
            if (ReflogCodec.TryDecode(bytes) is not { } entry)
            {
                file.Dispose();
                return null;
            }

            view.Add(entry, bytes);
        }

        return view;
    }

    private static bool IsKnownFormat(IStoreFiles files, string path)
    {
        using var file = files.Open(path);
        var bytes = new byte[64];
        var count = file.Read(bytes, 0);
        return System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, count)) == StoreLayout.FormatLine;
    }

    private static void RemoveUnfinished(IStoreFiles files, StoreLayout layout)
    {
        foreach (var folder in layout.Folders)
        {
            foreach (var name in files.ListFiles(folder).Where(name => name.EndsWith(AtomicFile.UnfinishedSuffix, StringComparison.Ordinal)))
            {
                files.Delete(Path.Combine(folder, name));
            }
        }
    }
}
