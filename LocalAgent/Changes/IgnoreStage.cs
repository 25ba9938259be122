using System.Threading.Channels;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Watching;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Index;

namespace W0rktree.LocalAgent.Changes;

/// <summary>Drops hints about paths that are left out of the tree, so that a build that fills <c>target/</c> costs nothing further on.</summary>
/// <param name="input">Debounced hints.</param>
/// <param name="output">Hints that matter.</param>
/// <param name="filter">The rules in force.</param>
/// <param name="isTrackedThoughIgnored">Whether an ignored path belongs to the line's tip.</param>
/// <param name="look">Looks at a path: an ignored name can be one of several of a file that is part of the tree under another.</param>
internal sealed class IgnoreStage(
    ChannelReader<WatchEvent> input, ChannelWriter<WatchEvent> output, Func<IPathFilter> filter, Func<TreePath, bool> isTrackedThoughIgnored, Func<TreePath, FoundEntry?> look) : IStage
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
                        || !filter().IsIgnored(item.Path, item.IsDirectory) || isTrackedThoughIgnored(item.Path) || HasOtherNames(item))
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

    private bool HasOtherNames(WatchEvent item)
    {
        try
        {
            return !item.IsDirectory && look(item.Path) is { OtherNames: > 0 };
        }
        catch (IOException)
        {
            return true; // Whoever follows the hint meets the same, and tells it.
        }
    }
}
