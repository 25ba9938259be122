using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Branches;
using W0rktree.Grains.Tests.Cluster;

namespace W0rktree.Grains.Tests.Branches;

public class BranchRulesTests
{
    private static readonly AccountId Ann = new(1);
    private static readonly AccountId Bob = new(2);
    private static readonly SnapshotId A = Snapshot(1);
    private static readonly SnapshotId B = Snapshot(2);
    private static readonly SnapshotId C = Snapshot(3);

    [Fact]
    public void A_branch_that_is_not_there_is_created_by_a_push_that_expects_none() =>
        Assert.Equal(new PushDecision.GoOn(Creates: true), BranchRules.Decide(new BranchState(), Push(default, A), Ann));

    [Fact]
    public void A_push_from_the_head_goes_on() =>
        Assert.Equal(new PushDecision.GoOn(Creates: false), BranchRules.Decide(At(A), Push(A, B), Ann));

    [Fact]
    public void A_push_from_elsewhere_is_refused_as_stale() =>
        Assert.Equal("stale_base", Assert.IsType<PushDecision.Refuse>(BranchRules.Decide(At(A, B), Push(A, C), Bob)).Error.Code);

    [Fact]
    public void A_push_that_expects_no_branch_where_there_is_one_is_refused() =>
        Assert.IsType<PushDecision.Refuse>(BranchRules.Decide(At(A), Push(default, B), Bob));

    [Fact]
    public void A_push_to_a_branch_that_is_gone_is_refused() =>
        Assert.IsType<PushDecision.Refuse>(BranchRules.Decide(At(A, default), Push(A, B), Ann));

    [Fact]
    public void A_push_of_nothing_is_refused() =>
        Assert.IsType<PushDecision.Refuse>(BranchRules.Decide(At(A), Push(A, default), Ann));

    [Fact]
    public void A_repeated_push_answers_the_same_after_others_moved_on()
    {
        var state = At(A, B, C);

        var repeated = Assert.IsType<PushDecision.Repeat>(BranchRules.Decide(state, Push(A, B, "r2"), Ann));

        Assert.Equal(new PushOutcome { Head = B, Version = 2 }, repeated.Outcome);
    }

    [Fact]
    public void The_request_of_somebody_else_is_no_repetition() =>
        Assert.IsType<PushDecision.Refuse>(BranchRules.Decide(At(A, B, C), Push(A, B, "r2"), Bob));

    [Fact]
    public void A_step_from_before_a_deletion_is_no_repetition()
    {
        var state = BranchRules.Move(At(A) with { Moves = [Move(default, A, 1, "")] }, BranchName.Main, Move(A, default, 2, ""));

        Assert.Equal(new PushDecision.GoOn(Creates: true), BranchRules.Decide(state, Push(default, A), Ann));
    }

    [Fact]
    public void Only_the_last_moves_are_kept()
    {
        var state = new BranchState();
        for (var i = 1; i <= BranchRules.KeptMoves + 5; i++)
        {
            state = BranchRules.Move(state, BranchName.Main, Move(state.Head, Snapshot(i), i, "r"));
        }

        Assert.Equal(BranchRules.KeptMoves, state.Moves.Length);
        Assert.Equal(BranchRules.KeptMoves + 5, state.Version);
        Assert.Equal(state.Head, state.Moves[^1].To);
    }

    private static BranchState At(params SnapshotId[] heads)
    {
        var state = new BranchState();
        foreach (var (head, i) in heads.Select((h, i) => (h, i + 1)))
        {
            state = BranchRules.Move(state, BranchName.Main, Move(state.Head, head, i, $"r{i}"));
        }

        return state;
    }

    private static PushBranch Push(SnapshotId expected, SnapshotId head, string requestId = "") =>
        new() { Name = BranchName.Main, Expected = expected, Head = head, RequestId = requestId };

    private static BranchMove Move(SnapshotId from, SnapshotId to, long version, string requestId) => new()
    {
        From = from, To = to, Version = version, Account = Ann, AccountSlug = "ann", At = DateTimeOffset.UnixEpoch, RequestId = requestId,
    };

    private static SnapshotId Snapshot(int number) => new(ContentHash.OfContent(BitConverter.GetBytes(number)));
}
