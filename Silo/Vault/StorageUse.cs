namespace W0rktree.Silo.Vault;

/// <summary>Knows what one tenant's folder takes on disk while uploads come in. Thread-safe.</summary>
/// <remarks>
/// What open uploads bring is counted as it comes, beside what was measured before, so two at the same time never use the same free
/// room. The count may be above what there is, for what is packed is smaller; where it says that nothing is left, the folder decides.
/// </remarks>
internal sealed class StorageUse(string folder, TimeProvider clock)
{
    // An upload that only brings a save must not walk through all files of a large tenant.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LifeWhenFull = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _measured;
    private long _coming;
    private long? _measuredAt;

    /// <summary>Tells whether anything more may come.</summary>
    public bool HasRoom(long limit)
    {
        lock (_lock)
        {
            return Fits(1, limit);
        }
    }

    /// <summary>Takes room for bytes that come; false where there is not as much.</summary>
    public bool TryTake(long bytes, long limit)
    {
        lock (_lock)
        {
            if (!Fits(bytes, limit))
            {
                return false;
            }

            _coming += bytes;
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryTake"/> began.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="stay">Whether they are in the folder now; else they are gone.</param>
    public void End(long bytes, bool stay)
    {
        lock (_lock)
        {
            _coming -= bytes;
            _measured += stay ? bytes : 0;
        }
    }

    /// <summary>Sums up the sizes of all files below a folder.</summary>
    public static long Measure(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Sum(SizeOf)
        : 0;

    private bool Fits(long bytes, long limit)
    {
        RefreshAfter(Life);
        return _measured + _coming + bytes <= limit || (RefreshAfter(LifeWhenFull) && _measured + _coming + bytes <= limit);
    }

    private bool RefreshAfter(TimeSpan life)
    {
        if (_measuredAt is { } at && clock.GetElapsedTime(at) < life)
        {
            return false;
        }

        (_measured, _measuredAt) = (Measure(folder), clock.GetTimestamp());
        return true;
    }

    private static long SizeOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0; // Packed, or admitted, since it was listed.
        }
    }
}
