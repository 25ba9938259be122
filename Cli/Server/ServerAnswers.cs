using System.Text.Json.Serialization;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Server;

/// <summary>A list, a page at a time.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>A branch on the server.</summary>
internal sealed record RemoteBranch(string Name, string Head, string MovedBy, DateTimeOffset MovedAt);

/// <summary>Staged work on the server.</summary>
internal sealed record RemoteStaged(
    string Account, string Copy, string Branch, string Snapshot, string State, DateTimeOffset StagedAt, long ChangeCount, IReadOnlyList<ChangeInfo> Changes);

/// <summary>A snapshot with its changes.</summary>
internal sealed record RemoteSnapshot(SnapshotInfo Snapshot, IReadOnlyList<ChangeInfo> Changes);

/// <summary>Who is signed in.</summary>
internal sealed record RemoteAccount(string Id, string Account, string? Email, string? DisplayName, IReadOnlyList<MembershipInfo> Memberships);

/// <summary>Describes a tenant.</summary>
internal sealed record TenantInfo(
    string Id, string Tenant, string Type, string Status, string MyRole, IReadOnlyList<string>? MyTeams = null, IReadOnlyList<string>? FormerNames = null);

/// <summary>Creates an organisation.</summary>
internal sealed record NewTenant(string Tenant, string Email, string? DisplayName);

/// <summary>Changes a tenant.</summary>
internal sealed record TenantChange(string? Name = null, string? Status = null);

/// <summary>Gives a role.</summary>
internal sealed record RoleGift(string Role);

/// <summary>Describes a team.</summary>
/// <param name="Name">Its name, which policies use.</param>
/// <param name="Parent">The team that contains it; null for none.</param>
/// <param name="DisplayName">What it is called.</param>
/// <param name="Members">Who is in it directly.</param>
/// <param name="MemberCount">How many are.</param>
internal sealed record TeamInfo(string Name, string? Parent, string DisplayName, IReadOnlyList<string> Members, int MemberCount);

/// <summary>Says where a team stands.</summary>
internal sealed record TeamChange(string? Parent, string? DisplayName);

/// <summary>Lists teams.</summary>
internal sealed record TeamListAnswer(IReadOnlyList<TeamInfo> Teams);

/// <summary>Describes an invitation.</summary>
internal sealed record InvitationInfo(string Id, string Role, IReadOnlyList<string> Teams, string Note, string InvitedBy, DateTimeOffset Created, DateTimeOffset Expires);

/// <summary>Lists invitations.</summary>
internal sealed record InvitationListAnswer(IReadOnlyList<InvitationInfo> Invitations);

/// <summary>Invites somebody.</summary>
internal sealed record NewInvitation(string Role, IReadOnlyList<string>? Teams, string? Note, DateTimeOffset? Expires);

/// <summary>A new invitation with its code, which is shown this once.</summary>
internal sealed record InvitedAnswer(string Code, InvitationInfo Invitation);

/// <summary>Takes an invitation.</summary>
internal sealed record InvitationTaken(string Code);

/// <summary>Describes a member.</summary>
internal sealed record MemberInfo(
    string Account, string Id, string DisplayName, string Role, string Status, bool Service, IReadOnlyDictionary<string, string>? Attributes = null);

/// <summary>Asks for a token.</summary>
internal sealed record NewToken(string Name, IReadOnlyList<string>? Scopes, DateTimeOffset? Expires);

/// <summary>Lists what is in force.</summary>
internal sealed record AccessListAnswer(IReadOnlyList<string> Rules, IReadOnlyList<string> MyPermissions);

/// <summary>What the policies say.</summary>
internal sealed record AccessTestAnswer(string Decision, IReadOnlyList<string> Because);

/// <summary>What the policies say about somebody, and the whole way there.</summary>
internal sealed record AccessExplanationAnswer(
    string Decision, IReadOnlyList<string> Because, string Account, string Role, IReadOnlyList<string> Teams, IReadOnlyList<ConsideredRule> Rules);

/// <summary>A rule that was considered.</summary>
internal sealed record ConsideredRule(string Rule, string Outcome, bool Decisive);

/// <summary>Describes a grant to another tenant.</summary>
internal sealed record GrantEntry(
    string Id, string Tenant, string Level, IReadOnlyList<string>? Trees, IReadOnlyList<string>? Paths, DateTimeOffset? Expires, string GivenBy, DateTimeOffset Given);

/// <summary>Lists grants.</summary>
internal sealed record GrantListAnswer(IReadOnlyList<GrantEntry> Grants);

/// <summary>Lets another tenant in.</summary>
internal sealed record NewGrant(string Tenant, string Level, IReadOnlyList<string>? Trees, IReadOnlyList<string>? Paths, DateTimeOffset? Expires);

/// <summary>Says something of a member.</summary>
internal sealed record AttributeChange(Dictionary<string, string> Attributes);

/// <summary>Describes a worktree on a server.</summary>
internal sealed record WorktreeInfo(
    string Owner, string Name, string Id, string RootTree, string DefaultBranch, string MyRole, IReadOnlyList<string> MyPermissions, string Visibility);

/// <summary>Changes a worktree.</summary>
internal sealed record WorktreeChange(string Visibility);

/// <summary>Says what a tenant may use, and what it uses.</summary>
internal sealed record QuotaInfo(string Tenant, QuotaLimits Limits, QuotaUse Used, string? Plan = null);

/// <summary>What a tenant may use; null means no limit but the server's own.</summary>
internal sealed record QuotaLimits(long? StorageBytes, long? FileBytes, long? UploadBytes, long? StagedPerTree, long? RequestsPerMinute);

/// <summary>What a tenant uses.</summary>
internal sealed record QuotaUse(long StorageBytes, int? RequestsThisMinute);

/// <summary>Sets limits apart; null stays, 0 means no limit.</summary>
internal sealed record QuotaChange(
    long? StorageBytes = null, long? FileBytes = null, long? UploadBytes = null, long? StagedPerTree = null, long? RequestsPerMinute = null, bool? Reset = null, string? Plan = null);

/// <summary>Begins a sign-in that is confirmed in a browser.</summary>
internal sealed record DeviceBegin(string Client, string? Tenant);

/// <summary>A sign-in that waits to be confirmed.</summary>
internal sealed record DeviceBegun(string DeviceCode, string UserCode, string VerificationUri, string VerificationUriComplete, int ExpiresIn, int Interval);

/// <summary>Asks whether it was confirmed.</summary>
internal sealed record DeviceAwait(string DeviceCode, string UserCode);

/// <summary>The session's token.</summary>
internal sealed record DeviceToken(string Token);

/// <summary>Reads and writes what REST carries; generated ahead of time, so that it works without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SignedInPlaces))]
[JsonSerializable(typeof(Page<SnapshotInfo>))]
[JsonSerializable(typeof(Page<RemoteBranch>))]
[JsonSerializable(typeof(Page<RemoteStaged>))]
[JsonSerializable(typeof(Page<TokenEntry>))]
[JsonSerializable(typeof(Page<MemberInfo>))]
[JsonSerializable(typeof(Page<TeamInfo>))]
[JsonSerializable(typeof(Page<InvitationInfo>))]
[JsonSerializable(typeof(RemoteSnapshot))]
[JsonSerializable(typeof(RemoteAccount))]
[JsonSerializable(typeof(TenantInfo))]
[JsonSerializable(typeof(NewTenant))]
[JsonSerializable(typeof(TenantChange))]
[JsonSerializable(typeof(RoleGift))]
[JsonSerializable(typeof(TeamChange))]
[JsonSerializable(typeof(TeamListAnswer))]
[JsonSerializable(typeof(InvitationListAnswer))]
[JsonSerializable(typeof(NewInvitation))]
[JsonSerializable(typeof(InvitedAnswer))]
[JsonSerializable(typeof(InvitationTaken))]
[JsonSerializable(typeof(DeviceBegin))]
[JsonSerializable(typeof(DeviceBegun))]
[JsonSerializable(typeof(DeviceAwait))]
[JsonSerializable(typeof(DeviceToken))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(TokenCreateResult))]
[JsonSerializable(typeof(Page<GrantEntry>))]
[JsonSerializable(typeof(GrantListAnswer))]
[JsonSerializable(typeof(NewGrant))]
[JsonSerializable(typeof(WorktreeInfo))]
[JsonSerializable(typeof(WorktreeChange))]
[JsonSerializable(typeof(AttributeChange))]
[JsonSerializable(typeof(QuotaInfo))]
[JsonSerializable(typeof(QuotaChange))]
[JsonSerializable(typeof(AccessListAnswer))]
[JsonSerializable(typeof(AccessTestAnswer))]
[JsonSerializable(typeof(AccessExplanationAnswer))]
internal sealed partial class ServerJson : JsonSerializerContext;
