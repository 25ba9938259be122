namespace W0rktree.Storage;

/// <summary>
/// A write or sync of the store failed, so what is on disk is no longer known. Every later call throws this; only opening
/// the store again, which reads the journal as it really is, makes it usable.
/// </summary>
public sealed class StorePoisonedException(string folder, Exception cause)
    : IOException($"The store '{folder}' stopped after a failed write: {cause.Message}", cause);

/// <summary>Remembers the first failure; once set it stays.</summary>
internal sealed class Poison(string folder)
{
    private Exception? _cause;

    public bool IsSet => Volatile.Read(ref _cause) is not null;

    public void ThrowIfSet()
    {
        if (Volatile.Read(ref _cause) is { } cause)
        {
            throw new StorePoisonedException(folder, cause);
        }
    }

    public StorePoisonedException Set(Exception cause)
    {
        var first = Interlocked.CompareExchange(ref _cause, cause, null) ?? cause;
        return new StorePoisonedException(folder, first);
    }
}
