namespace W0rktree.Protocol.Ipc;

/// <summary>Puts a directory under version control.</summary>
/// <param name="Path">Absolute directory; must exist.</param>
/// <param name="Owner">Slug of the tenant that will own it on a server, or null to say so at the first push.</param>
/// <param name="Name">Name of the worktree, or null for the directory's.</param>
public sealed record WorktreeInitParams(string Path, string? Owner, string? Name);

/// <summary>Answers <see cref="WorktreeInitParams"/>.</summary>
public sealed record WorktreeInitResult(string Root, string Worktree, string Tree, string Branch, string Name, string? Owner, string Snapshot, int Files);

/// <summary>Fetches a worktree into a new directory.</summary>
/// <param name="Url"><c>http://host:port/OWNER/NAME</c>, or <c>OWNER/NAME</c> on the configured server.</param>
/// <param name="Path">Absolute directory; must be absent or empty.</param>
/// <param name="Branch">The branch to check out, or null for the default one.</param>
public sealed record WorktreeCloneParams(string Url, string Path, string? Branch);

/// <summary>Answers <see cref="WorktreeCloneParams"/>.</summary>
public sealed record WorktreeCloneResult(string Root, string Branch, string Snapshot, int Files);

/// <summary>Tells the state of the working copy around <c>cwd</c>.</summary>
public sealed record StatusResult
{
    public required string Root { get; init; }
    public required string Name { get; init; }
    public string? Owner { get; init; }
    public required string Branch { get; init; }

    /// <summary>Gets the tip of the working line.</summary>
    public SnapshotInfo? Tip { get; init; }

    /// <summary>Gets what differs from the tip and is not in a snapshot yet.</summary>
    public required IReadOnlyList<ChangeInfo> Changes { get; init; }

    /// <summary>Gets the conflicts that the tip holds.</summary>
    public required IReadOnlyList<ConflictInfo> Conflicts { get; init; }

    /// <summary>Gets how many snapshots of the line the branch on the server does not have, null where the server is unknown.</summary>
    public int? Ahead { get; init; }

    /// <summary>Gets how many snapshots of <c>branch@server</c> the line does not have.</summary>
    public int? Behind { get; init; }

    public required SyncInfo Sync { get; init; }
    public required IReadOnlyList<OverlapInfo> Overlaps { get; init; }
    public required IReadOnlyList<WarningInfo> Warnings { get; init; }
    public RecoveryReport? Recovery { get; init; }

    /// <summary>Gets what is held back from the server, null where nothing is.</summary>
    public IReadOnlyList<HeldInfo>? Held { get; init; }

    /// <summary>Gets what the server last said that this account may do, with its age; nothing is blocked by it.</summary>
    public PermissionsInfo? Permissions { get; init; }
}

/// <summary>Repeats what the server last reported about the caller's rights.</summary>
public sealed record PermissionsInfo(string Role, IReadOnlyList<string> Permissions, DateTimeOffset AsOf);

/// <summary>Describes one changed path.</summary>
/// <param name="Change"><c>added</c>, <c>modified</c>, <c>deleted</c>, <c>renamed</c>, <c>copied</c>, <c>mode_changed</c> or <c>type_changed</c>.</param>
/// <param name="ChangeClass"><c>code</c>, <c>config</c>, <c>dependency</c>, <c>documentation</c> or <c>asset</c>.</param>
public sealed record ChangeInfo(string Path, string Change, string ChangeClass, string? OldPath, long? SizeBytes);

/// <summary>Describes one conflicted path.</summary>
public sealed record ConflictInfo(string Path, string Kind);

/// <summary>Describes a snapshot. Author and message are null where the server withheld them.</summary>
public sealed record SnapshotInfo
{
    public required string Id { get; init; }
    public required string Root { get; init; }
    public required IReadOnlyList<string> Parents { get; init; }
    public required string Kind { get; init; }
    public required string Time { get; init; }
    public string? Author { get; init; }
    public string? Message { get; init; }
    public required bool Conflicted { get; init; }

    /// <summary>Gets whether the server's branch history has it.</summary>
    public bool? Pushed { get; init; }

    /// <summary>Gets the number of changed paths by class, where known.</summary>
    public IReadOnlyDictionary<string, int>? Classes { get; init; }

    /// <summary>Gets what the path that was asked about was called in this snapshot, where renames are followed.</summary>
    public string? Path { get; init; }

    /// <summary>Gets the listed snapshots that this one follows, where a list was asked to say so.</summary>
    public IReadOnlyList<string>? Follows { get; init; }
}

/// <summary>Makes a snapshot now.</summary>
public sealed record SnapshotCreateParams(string? Message);

/// <summary>Answers <see cref="SnapshotCreateParams"/>; <c>Snapshot</c> is null where nothing had changed and no message was given.</summary>
public sealed record SnapshotCreateResult(SnapshotInfo? Snapshot, IReadOnlyList<ChangeInfo> Changes, IReadOnlyList<ConflictInfo> Conflicts);

/// <summary>Lists history from a snapshot or branch back. Each snapshot is an event; the result counts them.</summary>
/// <param name="From">A revision: snapshot id or unique prefix of 4 digits, branch, <c>branch@server</c>, <c>@</c> for the line's tip, each with <c>~N</c>; null for the tip.</param>
public sealed record LogParams(string? From, string? Path, int? Limit, string? Before)
{
    /// <summary>Gets a part of the author's name or address, in any case.</summary>
    public string? Author { get; init; }

    /// <summary>Gets the classes of change of which a snapshot must have one; null for any.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Gets the time before which nothing is listed.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the time after which nothing is listed.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Gets whether the history of a file goes on under the name that it had before it was renamed.</summary>
    public bool Follow { get; init; }

    /// <summary>Gets whether each snapshot is to say which listed ones it follows, as a drawing needs it.</summary>
    public bool Joined { get; init; }
}

/// <summary>Answers <see cref="LogParams"/>.</summary>
public sealed record LogResult(int Count, bool More);

/// <summary>Describes one snapshot, or gives a file of it.</summary>
/// <param name="Revision">As in <see cref="LogParams"/>.</param>
/// <param name="Path">With a path: the file's content is streamed as <see cref="ContentEvent"/>s.</param>
public sealed record ShowParams(string? Revision, string? Path)
{
    /// <summary>Gets against which of its parents the changes of a merge are counted, from 1; null for the first.</summary>
    public int? Parent { get; init; }
}

/// <summary>Answers <see cref="ShowParams"/>.</summary>
public sealed record ShowResult(SnapshotInfo Snapshot, IReadOnlyList<ChangeInfo> Changes, string? EntryKind, long? SizeBytes);

/// <summary>Carries part of a file's bytes, base64.</summary>
public sealed record ContentEvent(byte[] Data);

/// <summary>Compares two states. Null for <c>To</c> is the working directory, null for <c>From</c> the line's tip.</summary>
/// <param name="Format"><c>patch</c> (events of <see cref="ContentEvent"/> with the text), <c>stat</c>, <c>name_only</c>, <c>word</c>, <c>structured</c> (events of <see cref="FileDiffEvent"/>), or <c>entries</c> (the same without looking at content: no counts, no hunks).</param>
public sealed record DiffParams(string? From, string? To, IReadOnlyList<string>? Paths, string Format, int? Context)
{
    /// <summary>Gets a revision whose own changes are asked for, instead of <c>From</c> and <c>To</c>.</summary>
    public string? Of { get; init; }

    /// <summary>Gets against which of its parents those are counted, from 1; null for the first.</summary>
    public int? Parent { get; init; }

    /// <summary>Gets which white space does not count: <c>all</c>, <c>amount</c>, <c>at_end</c> or <c>cr_at_end</c>; null where all counts.</summary>
    public string? IgnoreSpace { get; init; }

    /// <summary>Gets whether changes that only add or remove blank lines are left out.</summary>
    public bool IgnoreBlankLines { get; init; }

    /// <summary>Gets whether the whole function around each change is shown.</summary>
    public bool FunctionContext { get; init; }

    /// <summary>Gets whether a patch holds binary contents whole, for <c>git apply</c>, instead of a notice.</summary>
    public bool Binary { get; init; }

    /// <summary>Gets whether added files are looked for among the old versions of changed ones.</summary>
    public bool Copies { get; init; }

    /// <summary>Gets whether they are looked for among all old files, unchanged ones too.</summary>
    public bool CopiesEverywhere { get; init; }
}

/// <summary>Describes one file of a structured diff.</summary>
public sealed record FileDiffEvent(string Path, string Change, string? OldPath, string? OldHash, string? NewHash, string? OldKind, string? NewKind, bool Binary, int Added, int Deleted, IReadOnlyList<HunkInfo> Hunks);

/// <summary>Describes one hunk; line numbers from 1, each line with its prefix ' ', '-' or '+'.</summary>
public sealed record HunkInfo(int OldStart, int OldLines, int NewStart, int NewLines, IReadOnlyList<string> Lines);

/// <summary>Answers <see cref="DiffParams"/>.</summary>
public sealed record DiffResult(int Files, int Added, int Deleted)
{
    /// <summary>Gets how many comparisons the search for edited renames would have taken, where that was too many and only unchanged ones and those of the same name were joined; else null.</summary>
    public long? RenamesGaveUpAt { get; init; }
}

/// <summary>Brings paths back from a snapshot; what they held is snapshotted first.</summary>
/// <param name="From">The number of a reflog entry, for the files as they were after it; else a revision as in <see cref="LogParams"/>.</param>
/// <param name="Paths">Absolute paths of files and directories.</param>
public sealed record RestoreParams(string? From, IReadOnlyList<string> Paths);

/// <summary>Answers <see cref="RestoreParams"/>.</summary>
public sealed record RestoreResult(int Files, string? SavedAs);

/// <summary>Takes back the last operation, or goes to the state after an entry of the reflog; what is unsaved is snapshotted first.</summary>
/// <param name="To">The entry, or null for the last operation that no undo has taken back yet.</param>
public sealed record UndoParams(long? To);

/// <summary>Answers <see cref="UndoParams"/>.</summary>
/// <param name="Undone">What was taken back, for people.</param>
/// <param name="Branch">The branch that the copy is on now.</param>
/// <param name="Snapshot">The tip of its line.</param>
/// <param name="FilesWritten">Files put in place.</param>
/// <param name="FilesDeleted">Files taken away.</param>
/// <param name="SavedAs">The snapshot that keeps what was unsaved, or null.</param>
/// <param name="Entry">The entry of the undo itself.</param>
public sealed record UndoResult(string Undone, string Branch, string Snapshot, int FilesWritten, int FilesDeleted, string? SavedAs, long Entry);
