using System.Threading.Channels;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Watching;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Changes;

/// <summary>Follows hints to the file system and keeps the copy's index true: the pending changeset is what the index holds against the tip.</summary>
internal sealed class TrackStage(ChannelReader<WatchEvent> input, OpenCopy copy) : IStage
{
    /// <summary>Hints taken in one turn: enough to be quick, few enough that a command gets its turn within milliseconds.</summary>
    private const int BatchSize = 256;

    public string Name => "changes";

    /// <summary>Raised after the index took up hints.</summary>
    public event Action? Tracked;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<WatchEvent>(BatchSize);
        while (await input.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < BatchSize && input.TryRead(out var item))
            {
                batch.Add(item);
            }

            await TakeAsync(batch, cancellationToken);
            batch.Clear();
        }
    }

    private async Task TakeAsync(List<WatchEvent> batch, CancellationToken cancellationToken)
    {
        if (batch.Exists(item => item.Kind != WatchEventKind.Cookie))
        {
            using var turn = await copy.Turns.TakeAsync(cancellationToken);
            foreach (var item in batch)
            {
                Follow(item, cancellationToken);
            }

            FollowNames(cancellationToken);
            copy.PublishPending(changedNow: true);
            Tracked?.Invoke();
        }

        // Behind everything that lay in front of them in the batch; what lay behind them does no harm.
        foreach (var item in batch.Where(item => item.Kind == WatchEventKind.Cookie))
        {
            copy.Cookies.Arrived(item.Number);
        }
    }

    private void FollowNames(CancellationToken cancellationToken)
    {
        try
        {
            copy.Scanner.LookBesideMetNames(cancellationToken);
        }
        catch (IOException e)
        {
            copy.Faults.Record(Name, copy.Root, e);
        }
    }

    private void Follow(WatchEvent item, CancellationToken cancellationToken)
    {
        try
        {
            switch (item.Kind)
            {
                case WatchEventKind.Cookie:
                    break;
                case WatchEventKind.Rescan:
                    copy.Faults.Record(Name, "watching", $"{item.Reason}; the directory was scanned");
                    // An overflow may have swallowed cookies, too; nobody need wait for them any longer.
                    var cookies = copy.Cookies.Last;
                    copy.Scanner.ScanAll(cancellationToken);
                    copy.Cookies.Overtaken(cookies);
                    break;
                default:
                    copy.Scanner.Refresh(item.Path, item.Kind == WatchEventKind.SubtreeChanged, cancellationToken);
                    break;
            }
        }
        catch (IOException e)
        {
            copy.Faults.Record(Name, item.Path.ToString(), e);
        }
    }
}
