using System.Threading.Channels;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Watching;
using W0rktree.LocalAgent.WorkingCopy.Index;

namespace W0rktree.LocalAgent.Changes;

/// <summary>Drops hints about paths that are left out of the tree, so that a build that fills <c>target/</c> costs nothing further on.</summary>
/// <param name="input">Debounced hints.</param>
/// <param name="output">Hints that matter.</param>
/// <param name="filter">The rules in force.</param>
/// <param name="isTrackedThoughIgnored">Whether an ignored path belongs to the line's tip.</param>
internal sealed class IgnoreStage(
    ChannelReader<WatchEvent> input, ChannelWriter<WatchEvent> output, Func<IPathFilter> filter, Func<TreePath, bool> isTrackedThoughIgnored) : IStage
{
    public string Name => "ignore matcher";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await input.WaitToReadAsync(cancellationToken))
            {
                while (input.TryRead(out var item))
                {
                    // Rules count also in a file that the rules leave out of the tree, as in git.
                    if (item.Kind is WatchEventKind.Cookie or WatchEventKind.Rescan || IgnoreBook.IsRuleFile(item.Path)
                        || !filter().IsIgnored(item.Path, item.IsDirectory) || isTrackedThoughIgnored(item.Path))
                    {
                        await output.WriteAsync(item, cancellationToken);
                    }
                }
            }
        }
        finally
        {
            output.TryComplete();
        }
    }
}
