namespace W0rktree.Protocol.Ipc;

/// <summary>Reads the audit of a tenant as a stream of <see cref="AuditItem"/>: its ends first, then records.</summary>
/// <param name="Tenant">The tenant's name, or null for one's own.</param>
/// <param name="Last">Only the newest so many, newest first; null for all, oldest first.</param>
/// <param name="Kind">Only records of this kind: <c>change</c>, <c>refusal</c>, <c>release</c> or <c>reads</c>.</param>
public sealed record AuditReadParams(string? Tenant, int? Last, string? Kind);

/// <summary>Carries a part of an audit: its ends, or a record.</summary>
/// <param name="Ends">Where the chain begins and ends, first of all.</param>
/// <param name="Record">The record as it is stored, Base64: docs/format/audit.md.</param>
/// <param name="Who">What the account in the record is called now.</param>
public sealed record AuditItem(AuditEndsInfo? Ends, string? Record, string? Who);

/// <summary>Says where a chain begins and ends.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="TenantId">Its id, which stands in every record.</param>
/// <param name="Pruned">The checkpoint, <c>COUNT:HASH</c>: what was removed by age.</param>
/// <param name="Head">The last record, <c>COUNT:HASH</c>.</param>
/// <param name="Authentic">Whether the server's own key vouches for both.</param>
public sealed record AuditEndsInfo(string Tenant, string TenantId, string Pruned, string Head, bool Authentic);

/// <summary>Answers <see cref="AuditReadParams"/>.</summary>
/// <param name="Count">How many records were sent.</param>
public sealed record AuditReadResult(long Count);

/// <summary>Shows a record in words.</summary>
public sealed record AuditRecordInfo(
    long Number, string Hash, string Previous, string Tenant, DateTimeOffset At, string Kind, string ActorKind, string Actor, string? Who, string Token, string Address,
    string Request, string Action, string Permission, string Resource, string Outcome, string Because, string Details, long Count);

/// <summary>Says what verifying a chain found.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="Verified">How many records were followed.</param>
/// <param name="Pruned">How many had been removed by age before them.</param>
/// <param name="Mark">The last record, <c>COUNT:HASH</c>, to keep and give to a later verification.</param>
public sealed record AuditVerifyResult(string Tenant, long Verified, long Pruned, string Mark);
