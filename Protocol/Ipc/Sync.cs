namespace W0rktree.Protocol.Ipc;

/// <summary>Puts the line into the branch's history on the server.</summary>
/// <param name="To"><c>OWNER/NAME</c>, needed at the first push of a worktree that was initialised without an owner.</param>
public sealed record PushParams(string? Message, bool KeepAll, string? To);

/// <summary>Answers <see cref="PushParams"/>.</summary>
/// <param name="Outcome"><c>pushed</c> or <c>up_to_date</c>.</param>
/// <param name="MessageUsed">False where a message was given but every snapshot that was pushed has one of its own; null where none was given.</param>
public sealed record PushResult(string Outcome, string Branch, string? Before, string After, int Snapshots, int Folded, long BytesSent, bool? MessageUsed = null);

/// <summary>Fetches, then fast-forwards or merges <c>branch@server</c> into the line.</summary>
public sealed record PullParams(string? Message);

/// <summary>Describes the state of sync.</summary>
public sealed record SyncInfo
{
    /// <summary>Gets <c>none</c>, <c>signed_out</c>, <c>idle</c>, <c>syncing</c>, <c>offline</c>, <c>paused</c> or <c>refused</c>.</summary>
    public required string State { get; init; }

    public string? Server { get; init; }

    /// <summary>Gets how many snapshots wait to be staged.</summary>
    public int Pending { get; init; }

    /// <summary>Gets the last snapshot that the server acknowledged as staged.</summary>
    public string? Staged { get; init; }

    public DateTimeOffset? LastSync { get; init; }
    public DateTimeOffset? NextTry { get; init; }
    public ErrorInfo? LastError { get; init; }
}

/// <summary>Says why a path is held back from the server.</summary>
/// <param name="Path">The path in the tree.</param>
/// <param name="Line">The line of the secret; null where the file as a whole is held for what it is.</param>
/// <param name="Rule">The rule or the kind of file (docs/reference/secrets.md).</param>
/// <param name="About">What that is, in words.</param>
public sealed record HeldInfo(string Path, int? Line, string Rule, string About);

/// <summary>Releases what is held back at or below paths; with neither paths nor <c>All</c> it only tells.</summary>
/// <param name="Paths">Absolute paths.</param>
/// <param name="All">Whether everything that is held is released.</param>
public sealed record SyncAllowParams(IReadOnlyList<string>? Paths, bool All);

/// <summary>Answers <see cref="SyncAllowParams"/>: what was released, and what is held still.</summary>
public sealed record SyncAllowResult(IReadOnlyList<HeldInfo> Allowed, IReadOnlyList<HeldInfo> Held);

/// <summary>Answers <c>staged.list</c>.</summary>
public sealed record StagedListResult(IReadOnlyList<StagedInfo> Entries, DateTimeOffset AsOf, bool Offline);

/// <summary>Describes what somebody works on.</summary>
public sealed record StagedInfo
{
    public required string Account { get; init; }
    public required string Copy { get; init; }
    public required bool Mine { get; init; }
    public required string Branch { get; init; }
    public required string Snapshot { get; init; }
    public required string State { get; init; }
    public required DateTimeOffset StagedAt { get; init; }
    public required IReadOnlyList<ChangeInfo> Changes { get; init; }
    public required long ChangeCount { get; init; }
}

/// <summary>Takes the copy's staged work out of the team's list.</summary>
public sealed record StagedClearParams(string? Branch);

/// <summary>Answers <see cref="StagedClearParams"/>.</summary>
public sealed record StagedClearResult(int Cleared);

/// <summary>Describes two people at one path.</summary>
/// <param name="Kind"><c>same_path</c>, <c>predicted_conflict</c> or <c>same_content</c>.</param>
public sealed record OverlapInfo(string Path, string Kind, string Account, string Branch, DateTimeOffset Since);

/// <summary>Subscribes to events of the working copy around <c>cwd</c>; ends when cancelled.</summary>
/// <param name="Topics">Any of <c>snapshots</c>, <c>status</c>, <c>sync</c>, <c>staged</c>, <c>warnings</c>, <c>branches</c>; empty for all.</param>
public sealed record EventsSubscribeParams(IReadOnlyList<string> Topics);

/// <summary>Carries one event. Which fields are set depends on <c>Type</c>.</summary>
public sealed record AgentEvent
{
    /// <summary>Gets <c>subscribed</c>, <c>snapshot</c>, <c>status</c>, <c>sync</c>, <c>staged</c>, <c>overlap</c>, <c>branch_moved</c>, <c>warning</c> or <c>reset</c>.</summary>
    public required string Type { get; init; }

    public required DateTimeOffset Time { get; init; }
    public required string Root { get; init; }
    public SnapshotInfo? Snapshot { get; init; }
    public IReadOnlyList<ChangeInfo>? Changes { get; init; }
    public SyncInfo? Sync { get; init; }
    public StagedInfo? Staged { get; init; }
    public IReadOnlyList<OverlapInfo>? Overlaps { get; init; }
    public BranchEntry? Branch { get; init; }
    public WarningInfo? Warning { get; init; }

    /// <summary>Gets when the server acknowledged what this event tells, where it came from there.</summary>
    public DateTimeOffset? ServerTime { get; init; }
}

/// <summary>Signs in, or registers first.</summary>
/// <param name="Server"><c>http(s)://host:port</c>, or null for the configured one.</param>
/// <param name="Token">A personal token instead of a password.</param>
/// <param name="Invitation">The code of an invitation, where registering takes one.</param>
public sealed record AuthLoginParams(string? Server, string? User, string? Password, string? Token, bool Register, string? Email, string? DisplayName, string? Invitation = null);

/// <summary>Describes who is signed in where.</summary>
public sealed record AccountInfo(string Server, string Account, string AccountId, string? Email, string? DisplayName, IReadOnlyList<MembershipInfo> Memberships);

/// <summary>Describes the account's place in a tenant.</summary>
public sealed record MembershipInfo(string Tenant, string Type, string Role);

/// <summary>Creates a personal token.</summary>
public sealed record TokenCreateParams(string Name, IReadOnlyList<string>? Scopes, int? ExpiresInDays);

/// <summary>Answers <see cref="TokenCreateParams"/>: the only time that the token is shown.</summary>
public sealed record TokenCreateResult(string Token, TokenEntry Info);

/// <summary>Describes a token or session.</summary>
public sealed record TokenEntry(string Id, string Name, string Kind, IReadOnlyList<string> Scopes, DateTimeOffset Created, DateTimeOffset? Expires, DateTimeOffset? LastUsed, bool Current);

/// <summary>Answers <c>token.list</c>.</summary>
public sealed record TokenListResult(IReadOnlyList<TokenEntry> Tokens);

/// <summary>Names the token to revoke.</summary>
public sealed record TokenRevokeParams(string Id);

/// <summary>Creates an organisation.</summary>
public sealed record TenantCreateParams(string Slug, string? Email, string? DisplayName);

/// <summary>Answers <see cref="TenantCreateParams"/>.</summary>
public sealed record TenantCreateResult(string Tenant, string Slug);

/// <summary>Names a member of a tenant, with a role where one is set.</summary>
public sealed record TenantMemberParams(string Tenant, string? Account, string? Role);

/// <summary>Answers <c>tenant.members</c>.</summary>
public sealed record TenantMembersResult(IReadOnlyList<MemberEntry> Members);

/// <summary>Describes a member.</summary>
public sealed record MemberEntry(string Account, string? DisplayName, string Role);
