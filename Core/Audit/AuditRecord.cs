using W0rktree.Core.Identity;

namespace W0rktree.Core.Audit;

/// <summary>Tells what a record is about. The numbers are part of the encoding.</summary>
public enum AuditKind : byte
{
    /// <summary>A request changed something; the record was stored together with its first change.</summary>
    Change = 1,

    /// <summary>A request was refused.</summary>
    Refusal = 2,

    /// <summary>Content was given out, or was about to be.</summary>
    Release = 3,

    /// <summary>Requests that gave out no content and changed nothing, counted together.</summary>
    Reads = 4,
}

/// <summary>Tells who acted. The numbers are part of the encoding.</summary>
public enum AuditActor : byte
{
    /// <summary>Nobody had signed in.</summary>
    Anonymous = 1,

    /// <summary>An account.</summary>
    Account = 2,

    /// <summary>The server itself, under a name.</summary>
    System = 3,
}

/// <summary>Says who did or wanted what, on what, why it was allowed or not, and from where; its place in a chain is not part of it.</summary>
/// <remarks>Texts have at most <see cref="MaxTextBytes"/> bytes of UTF-8; <see cref="Bounded"/> cuts what is longer.</remarks>
public sealed record AuditEntry
{
    /// <summary>The most bytes of one text: a record stays below the size at which a log of millions becomes a burden.</summary>
    public const int MaxTextBytes = 1_024;

    /// <summary>Gets what the record is about.</summary>
    public required AuditKind Kind { get; init; }

    /// <summary>Gets what kind of principal acted.</summary>
    public required AuditActor ActorKind { get; init; }

    /// <summary>Gets the account's id, the system principal's name, or nothing.</summary>
    public string Actor { get; init; } = "";

    /// <summary>Gets the public id of the token; empty without one.</summary>
    public string Token { get; init; } = "";

    /// <summary>Gets the address that the request came from.</summary>
    public string Address { get; init; } = "";

    /// <summary>Gets the id of the request.</summary>
    public string Request { get; init; } = "";

    /// <summary>Gets what was done or wanted: <c>branch.push</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Gets the permission that was asked for; empty where none was.</summary>
    public string Permission { get; init; } = "";

    /// <summary>Gets what it was done to.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Gets <c>ok</c> or the code of the refusal.</summary>
    public string Outcome { get; init; } = "ok";

    /// <summary>Gets what led to the decision.</summary>
    public string Because { get; init; } = "";

    /// <summary>Gets what else there is to say.</summary>
    public string Details { get; init; } = "";

    /// <summary>Gets how many requests the record stands for.</summary>
    public long Count { get; init; } = 1;

    /// <summary>Gives the entry with every text cut to what a record can hold.</summary>
    public AuditEntry Bounded() => this with
    {
        Actor = Cut(Actor),
        Token = Cut(Token),
        Address = Cut(Address),
        Request = Cut(Request),
        Action = Cut(Action),
        Permission = Cut(Permission),
        Resource = Cut(Resource),
        Outcome = Cut(Outcome),
        Because = Cut(Because),
        Details = Cut(Details),
    };

    private static string Cut(string text)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(text) <= MaxTextBytes)
        {
            return text;
        }

        // A character has three bytes of UTF-8 at most, a pair of surrogates four for two.
        var end = (MaxTextBytes - 3) / 3;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "…";
    }
}

/// <summary>Is an entry in its place in a tenant's chain.</summary>
public sealed record AuditRecord
{
    /// <summary>Gets whose chain it stands in; zero for the server's own.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>Gets its number, from 1 without gaps.</summary>
    public required long Number { get; init; }

    /// <summary>Gets the hash of the record before; zero for the first.</summary>
    public required ContentHash Previous { get; init; }

    /// <summary>Gets when it was stored, to the millisecond.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets what it says.</summary>
    public required AuditEntry Entry { get; init; }
}
