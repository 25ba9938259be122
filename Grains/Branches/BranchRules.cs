using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Branches;

namespace W0rktree.Grains.Branches;

/// <summary>Decides how a branch may move. Pure.</summary>
public static class BranchRules
{
    /// <summary>How many moves are kept: far more than can happen between a lost answer and its repetition.</summary>
    public const int KeptMoves = 64;

    /// <summary>Decides on a push before anything is read: repeat an answer, refuse, or go on.</summary>
    public static PushDecision Decide(BranchState state, PushBranch request, AccountId account)
    {
        if (request.Head.IsZero)
        {
            return new PushDecision.Refuse(new Error("invalid_argument", "A push needs a snapshot."));
        }

        // A request's own id names the same push even when others have moved the branch on since. Without one only the last
        // move can be meant: the same step may have been taken before the branch was deleted.
        var done = state.Moves.LastOrDefault(m => m.Account == account && m.From == request.Expected && m.To == request.Head && m.RequestId == request.RequestId);
        if (done is not null && (request.RequestId.Length > 0 || done == state.Moves[^1]))
        {
            return new PushDecision.Repeat(new PushOutcome { Head = done.To, Version = done.Version, Created = done.From.IsZero });
        }

        if (state.Head == request.Expected)
        {
            return state.Head == request.Head
                ? new PushDecision.Repeat(new PushOutcome { Head = state.Head, Version = state.Version })
                : new PushDecision.GoOn(Creates: !state.Exists);
        }

        return new PushDecision.Refuse(Stale(state, request));
    }

    /// <summary>Gives the state after a move.</summary>
    public static BranchState Move(BranchState state, BranchName name, BranchMove move) => state with
    {
        Name = name,
        Head = move.To,
        Version = move.Version,
        Moves = [.. state.Moves.TakeLast(KeptMoves - 1), move],
    };

    /// <summary>Refuses a head that does not descend from the one before: history is append-only.</summary>
    public static Error NotForward(PushBranch request) => new(
        "stale_base",
        $"Snapshot {request.Head.ToShortString()} does not follow {request.Expected.ToShortString()}, the head of '{request.Name}': a push only moves a branch forward.",
        "Take in what is there first: wt pull");

    private static Error Stale(BranchState state, PushBranch request) => (request.Expected.IsZero, state.Exists) switch
    {
        (true, _) => new("stale_base", $"The branch '{request.Name}' is on the server already, at {state.Head.ToShortString()}.", "Take it in first: wt pull"),
        (false, false) => new("stale_base", $"There is no branch '{request.Name}' on the server.", "Create it by pushing without an expected head."),
        _ => new("stale_base", $"The branch '{request.Name}' is at {state.Head.ToShortString()} on the server, not at {request.Expected.ToShortString()}.", "Take in what is there first: wt pull"),
    };
}

/// <summary>Says what to do with a push.</summary>
public abstract record PushDecision
{
    private PushDecision()
    {
    }

    /// <summary>The push was done before.</summary>
    public sealed record Repeat(PushOutcome Outcome) : PushDecision;

    /// <summary>The push cannot be.</summary>
    public sealed record Refuse(Error Error) : PushDecision;

    /// <summary>The push may go on to what needs reading.</summary>
    public sealed record GoOn(bool Creates) : PushDecision;
}
