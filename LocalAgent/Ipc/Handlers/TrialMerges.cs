using System.Threading.Channels;
using W0rktree.Core;
using W0rktree.Core.History.Index;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Git.Import;
using W0rktree.LocalAgent.History;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>
/// Merges snapshots in memory, as <c>wt merge</c> would, and names the git tree of each result: many at once, on all cores, answered in the
/// order of the questions. One request at a time.
/// </summary>
internal sealed class TrialMerges
{
    /// <summary>Merges that one lane does in a row: neighbours in a history have most of their directories in common.</summary>
    private const int Block = 16;

    /// <summary>Blocks to a lane that may be begun before the oldest one is answered, so that a slow merge keeps no lane waiting.</summary>
    private const int BlocksAhead = 4;

    private readonly Revisions _revisions;
    private readonly int _lanes = Environment.ProcessorCount;
    // Holds the lanes that are free, so it never has more than there are.
    private readonly Channel<TrialLane> _free = Channel.CreateBounded<TrialLane>(Environment.ProcessorCount);

    private TrialMerges(OpenCopy copy, HistoryIndex index, IReadOnlyDictionary<Core.Identity.ContentHash, Git.Objects.GitId> names)
    {
        _revisions = new Revisions(copy);
        var directories = new RecentDirectories();
        for (var i = 0; i < _lanes; i++)
        {
            _ = _free.Writer.TryWrite(new TrialLane(copy, index, directories, names));
        }
    }

    /// <summary>Prepares merges in a copy's store.</summary>
    public static async Task<TrialMerges> CreateAsync(OpenCopy copy, CancellationToken cancellationToken) =>
        new(copy, await StoreHistory.Of(copy.Store).CurrentAsync(cancellationToken), await GitNames.LoadAsync(copy.Store, cancellationToken));

    /// <summary>Merges all, and hands each answer on.</summary>
    public async Task RunAsync(IReadOnlyList<TrialMerge> merges, Func<TrialMergeEvent, ValueTask> answer, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var begun = new Queue<Task<TrialMergeEvent[]>>();
        try
        {
            foreach (var block in merges.Chunk(Block))
            {
                if (begun.Count == _lanes * BlocksAhead)
                {
                    await AnswerAsync(begun, answer);
                }

                var questions = await ResolveAsync(block, cancellationToken);
                begun.Enqueue(Task.Run(() => MergeAsync(questions, stop.Token), CancellationToken.None));
            }

            while (begun.Count > 0)
            {
                await AnswerAsync(begun, answer);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll((IEnumerable<Task>)begun).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task AnswerAsync(Queue<Task<TrialMergeEvent[]>> begun, Func<TrialMergeEvent, ValueTask> answer)
    {
        // Stays in the queue until it has ended, so that whoever gives up waits for it too.
        var answers = await begun.Peek();
        _ = begun.Dequeue();
        foreach (var one in answers)
        {
            await answer(one);
        }
    }

    private async Task<TrialMergeEvent[]> MergeAsync(Result<TrialQuestion>[] questions, CancellationToken cancellationToken)
    {
        var lane = await _free.Reader.ReadAsync(cancellationToken);
        try
        {
            var answers = new TrialMergeEvent[questions.Length];
            for (var i = 0; i < answers.Length; i++)
            {
                answers[i] = questions[i].IsOk ? await lane.MergeAsync(questions[i].Value, cancellationToken) : TrialLane.Refusal(questions[i].Error);
            }

            return answers;
        }
        finally
        {
            _ = _free.Writer.TryWrite(lane);
        }
    }

    private async ValueTask<Result<TrialQuestion>[]> ResolveAsync(TrialMerge[] block, CancellationToken cancellationToken)
    {
        var questions = new Result<TrialQuestion>[block.Length];
        for (var i = 0; i < block.Length; i++)
        {
            var trial = block[i];
            var ours = await _revisions.ResolveAsync(trial.Ours, cancellationToken);
            var theirs = await _revisions.ResolveAsync(trial.Theirs, cancellationToken);
            var before = trial.Base is null ? ours : await _revisions.ResolveAsync(trial.Base, cancellationToken);
            questions[i] = !ours.IsOk ? ours.Error
                : !theirs.IsOk ? theirs.Error
                : !before.IsOk ? before.Error
                : new TrialQuestion(trial.Base is null ? null : before.Value, ours.Value, theirs.Value, new MergeLabels(trial.Ours, "base", trial.Theirs));
        }

        return questions;
    }
}
