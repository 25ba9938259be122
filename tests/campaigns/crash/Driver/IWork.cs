namespace W0rktree.CrashDriver;

/// <summary>What is cut off: some work on a folder, the start after it, and what has to be true then.</summary>
internal interface IWork
{
    /// <summary>Names the operations.</summary>
    IReadOnlyList<string> Operations { get; }

    /// <summary>Makes the folder on which an operation works.</summary>
    Task PrepareAsync(string operation, string folder);

    /// <summary>Runs an operation; writes a line after each thing that was acknowledged.</summary>
    Task RunAsync(string operation, string folder, string acknowledgements);

    /// <summary>Starts as after a crash, and ends.</summary>
    Task RecoverAsync(string folder);

    /// <summary>Starts as after a crash and says what is wrong, or null.</summary>
    Task<string?> ProblemAsync(string operation, string folder, string[] acknowledged);
}

/// <summary>All that can be cut off.</summary>
internal static class Works
{
    public static readonly IReadOnlyList<IWork> All = [new StoreWork(), new CopyWork()];

    public static IEnumerable<string> Operations => All.SelectMany(work => work.Operations);

    public static IWork Of(string operation) =>
        All.FirstOrDefault(work => work.Operations.Contains(operation)) ?? throw new ArgumentException($"'{operation}' is no operation.", nameof(operation));

    /// <summary>Runs an operation, or the start after it: <c>recover/OPERATION</c>.</summary>
    public static Task RunAsync(string operation, string folder, string acknowledgements) =>
        operation.Split('/') is ["recover", var cut] ? Of(cut).RecoverAsync(folder) : Of(operation).RunAsync(operation, folder, acknowledgements);
}
