namespace W0rktree.Protocol.Ipc;

/// <summary>Opens a connection.</summary>
public sealed record HelloParams(int Protocol, string Client);

/// <summary>Answers <see cref="HelloParams"/>.</summary>
public sealed record HelloResult(int Protocol, string Agent, int Pid);

/// <summary>Stands where a method takes or gives nothing.</summary>
public sealed record Nothing;

/// <summary>Tells how the agent is.</summary>
public sealed record WorkerStatusResult
{
    /// <summary>Gets <c>starting</c>, <c>recovering</c>, <c>running</c>, <c>degraded</c> or <c>stopping</c>.</summary>
    public required string State { get; init; }

    /// <summary>Gets the stage that does not answer, where degraded; the directories scanned of how many, where recovering.</summary>
    public string? StateDetail { get; init; }

    public required int Pid { get; init; }
    public required string Version { get; init; }
    public required double UptimeSeconds { get; init; }
    public required long MemoryBytes { get; init; }
    public required string IpcPath { get; init; }
    public required IReadOnlyList<WorkerTree> Trees { get; init; }
    public required WorkerServer Server { get; init; }
    public required WorkerStorage Storage { get; init; }

    /// <summary>Gets what the last start found, where the run before it did not end cleanly.</summary>
    public RecoveryReport? Recovery { get; init; }

    /// <summary>Gets what the user should know: broken configuration, polling instead of watching, a full disk.</summary>
    public required IReadOnlyList<WarningInfo> Warnings { get; init; }
}

/// <summary>Describes one watched working copy.</summary>
public sealed record WorkerTree(string Root, string Tree, string Copy, string Branch, string WatcherBackend, int Directories, int IgnoreRules, int IgnoreFiles, int PendingChanges);

/// <summary>Describes the connection to the server.</summary>
public sealed record WorkerServer
{
    public string? Url { get; init; }
    public string? Account { get; init; }

    /// <summary>Gets <c>none</c> (no server configured), <c>signed_out</c>, <c>connected</c>, <c>offline</c> or <c>refused</c>.</summary>
    public required string Connection { get; init; }

    public string? Protocol { get; init; }
    public double? LatencyMs { get; init; }
    public int PendingSync { get; init; }
    public DateTimeOffset? LastSync { get; init; }
    public string? LastError { get; init; }
}

/// <summary>Describes the stores on disk.</summary>
public sealed record WorkerStorage(string Path, long Snapshots, long Objects, long DiskBytes, DateTimeOffset? LastGc);

/// <summary>Tells what a start after a crash found and did.</summary>
public sealed record RecoveryReport
{
    public DateTimeOffset? LastClean { get; init; }
    public bool StalePid { get; init; }
    public int FilesChanged { get; init; }
    public int JournalReplayed { get; init; }
    public int JournalDiscarded { get; init; }
    public required string Action { get; init; }
}

/// <summary>Tells a user something that blocks nothing.</summary>
public sealed record WarningInfo(string Code, string Message, string? Hint = null);
