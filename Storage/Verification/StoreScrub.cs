using W0rktree.Core.Objects;
using W0rktree.Storage.Packs;
using W0rktree.Storage.Transactions;

namespace W0rktree.Storage.Verification;

/// <summary>What scrubbing did.</summary>
/// <param name="Rewritten">Packs with damaged copies that were written anew from good ones, or whose index was made anew.</param>
/// <param name="SetAside">Packs that could not be read and were moved out of the way, into the folder <c>damaged</c>.</param>
/// <param name="Left">Packs that stay as they are, because a copy in them is damaged and there is no other.</param>
public sealed record ScrubReport(IReadOnlyList<string> Rewritten, IReadOnlyList<string> SetAside, IReadOnlyList<string> Left);

/// <summary>Replaces damaged copies by good ones. The journal goes first: packing it leaves its damaged records behind.</summary>
internal sealed class StoreScrub(StoreParts parts, CommitLoop loop)
{
    private readonly List<string> _rewritten = [];
    private readonly List<string> _setAside = [];
    private readonly List<string> _left = [];

    public async Task<ScrubReport> RunAsync(bool setUnreadableAside, CancellationToken cancellationToken)
    {
        await new Packing(parts, loop).RunAsync(closeActive: true, cancellationToken);
        foreach (var pack in parts.Packs.All.Where(pack => !pack.IsIntact() && pack.HasIntactContent()).ToArray())
        {
            await loop.RunStepAsync(() => parts.Packs.Reindex(pack), cancellationToken);
            _rewritten.Add(pack.Path);
        }

        foreach (var pack in parts.Packs.All.Where(pack => !IsSound(pack)).ToArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var merged = await new PackMerge(parts, loop).RewriteAsync([pack], without: null, pack.Header.Effort, cancellationToken);
            (merged.Merged > 0 ? _rewritten : _left).Add(pack.Path);
        }

        if (setUnreadableAside && _left.Count == 0)
        {
            await loop.RunStepAsync(SetUnreadableAside, cancellationToken);
        }

        return new ScrubReport(_rewritten, _setAside, _left);
    }

    // The trailer covers every byte; the copies are read as well, because a file may have been exchanged as a whole.
    private bool IsSound(PackFile pack)
    {
        if (!pack.IsIntact())
        {
            return false;
        }

        try
        {
            foreach (var (id, place) in pack.Index.All())
            {
                _ = parts.Packs.Reader.Read(pack, id, place);
            }

            return true;
        }
        catch (CorruptObjectException)
        {
            return false;
        }
    }

    private void SetUnreadableAside()
    {
        var files = parts.Options.Files;
        var open = parts.Packs.All.Select(pack => Path.GetFileName(pack.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in files.ListFiles(parts.Packs.Folder).Where(name => name.EndsWith(".wtp", StringComparison.Ordinal) && !open.Contains(name)).ToArray())
        {
            files.CreateFolder(parts.Layout.Damaged);
            files.Rename(Path.Combine(parts.Packs.Folder, name), Path.Combine(parts.Layout.Damaged, name));
            _setAside.Add(Path.Combine(parts.Layout.Damaged, name));
        }

        if (_setAside.Count > 0)
        {
            files.SyncFolder(parts.Packs.Folder);
            files.SyncFolder(parts.Layout.Damaged);
        }
    }
}
