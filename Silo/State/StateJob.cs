using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Silo.Audit;

namespace W0rktree.Silo.State;

/// <summary>Is one piece of work for the writer; those that wait share a transaction.</summary>
internal interface IStateJob
{
    /// <summary>Does the work inside the transaction.</summary>
    void Apply(SqliteStates states, SqliteTransaction transaction, AuditTables audit);

    /// <summary>Answers once the transaction is durable.</summary>
    void Succeed();

    /// <summary>Answers when it could not be committed.</summary>
    void Fail(Exception failure);
}

/// <summary>Asks for one write.</summary>
/// <param name="Key">What to write.</param>
/// <param name="Expected">The version that must be stored; 0 for none.</param>
/// <param name="Payload">The state; null removes it.</param>
/// <param name="Drafts">What the audit records with it, if it is written.</param>
internal sealed record StateWrite(StateKey Key, long Expected, byte[]? Payload, ImmutableArray<AuditDraft> Drafts) : IStateJob
{
    private readonly TaskCompletionSource<StateWritten> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StateWritten _written;

    /// <summary>Gets what ends when the write is durable or refused.</summary>
    public Task<StateWritten> Done => _done.Task;

    /// <inheritdoc/>
    public void Apply(SqliteStates states, SqliteTransaction transaction, AuditTables audit)
    {
        _written = states.Apply(transaction, this);
        foreach (var draft in _written.Written ? Drafts : [])
        {
            audit.Change(transaction, draft);
        }
    }

    /// <inheritdoc/>
    public void Succeed() => _done.TrySetResult(_written);

    /// <inheritdoc/>
    public void Fail(Exception failure) => _done.TrySetException(failure);
}

/// <summary>Works on the audit alone.</summary>
internal sealed class AuditWork<T>(Func<AuditTables, SqliteTransaction, T> work) : IStateJob
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    /// <summary>Gets what ends when the work is durable.</summary>
    public Task<T> Done => _done.Task;

    /// <inheritdoc/>
    public void Apply(SqliteStates states, SqliteTransaction transaction, AuditTables audit) => _result = work(audit, transaction);

    /// <inheritdoc/>
    public void Succeed() => _done.TrySetResult(_result!);

    /// <inheritdoc/>
    public void Fail(Exception failure) => _done.TrySetException(failure);
}
