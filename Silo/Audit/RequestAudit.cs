using System.Collections.Immutable;
using Orleans;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Audit;

/// <summary>Writes down, for every door of the front, what requests ask and how they end. Thread-safe.</summary>
/// <remarks>Changes are not told here: their records are stored with them. What is written here is durable when the method returns.</remarks>
internal sealed class RequestAudit(IAuditLog log, IGrainFactory grains, TicketMint mint, IRefusalReasons reasons, RequestTally tally)
{
    /// <summary>Records a refusal before it is answered.</summary>
    /// <remarks>
    /// The owner of what was named learns of it. So does the caller's own tenant where the answer is the one for things that do not
    /// exist: with a record there in either case, the caller's audit tells no more than the answer did.
    /// </remarks>
    public async Task RefusedAsync(CallerSession session, Refusal refusal)
    {
        if (refusal.Code is "busy" or "internal")
        {
            return; // Nobody decided anything.
        }

        var reason = reasons.Take(session.RequestId);
        var caller = await CallerAsync(session);
        if (IsCheap(caller, refusal) && !tally.CountRefusal(session.Address, session.Subject.Action, refusal.Code))
        {
            return; // Whoever floods the server does not fill its disk: the others of this minute are counted.
        }

        var draft = Draft(session, caller);
        var entry = draft.ToEntry(AuditKind.Refusal) with { Outcome = refusal.Code, Permission = reason?.Permission ?? "", Because = reason?.Because ?? refusal.Message };
        var owner = await OwnerAsync(session.Subject);
        var told = owner is { } tenant && await IsThereAsync(tenant);
        var records = ImmutableArray.CreateBuilder<AuditAppend>();
        if (told)
        {
            records.Add(new AuditAppend(owner!.Value, entry, Start: false));
        }

        if (owner != draft.Chain && (!told || refusal.Code is not "denied"))
        {
            // Without the rules: those of another tenant are not the caller's to know.
            records.Add(new AuditAppend(draft.Chain, entry with { Because = refusal.Message, Permission = "" }, Start: true));
        }
        else if (!told)
        {
            records.Add(new AuditAppend(draft.Chain, entry, Start: true));
        }

        // Together: two writes one after the other would tell by their time that there is somebody else to tell.
        await log.AppendAsync(records.ToImmutable(), CancellationToken.None);
    }

    /// <summary>Records that content goes out, before the first byte does.</summary>
    public async Task ReleasingAsync(CallerSession session, TenantId owner, string details)
    {
        session.IsRecorded = true;
        var entry = (await DraftAsync(session)).ToEntry(AuditKind.Release) with { Details = details };
        await log.AppendAsync(owner, entry, CancellationToken.None);
    }

    /// <summary>Records a change that no state is written for, before it is made.</summary>
    public async Task ChangingAsync(CallerSession session, TenantId owner, string details)
    {
        session.IsRecorded = true;
        var entry = (await DraftAsync(session)).ToEntry(AuditKind.Change) with { Details = details };
        await log.AppendAsync(owner, entry, CancellationToken.None);
    }

    /// <summary>Counts a request that was answered and of which nothing has been recorded.</summary>
    public async Task AnsweredAsync(CallerSession session)
    {
        if (session.Ticket is { } ticket && !session.IsRecorded && !log.HasChanged(session.RequestId))
        {
            tally.CountRead(await OwnerAsync(session.Subject) ?? ticket.Tenant, ticket, session.Subject);
        }
    }

    /// <summary>Tells a refusal that costs whoever provokes it nothing, and says nothing of an account. A wrong password costs a hash.</summary>
    private static bool IsCheap(CallerTicket caller, Refusal refusal) =>
        refusal.Code == "rate_limited" || (caller.Kind == PrincipalKind.Anonymous && refusal.Code != "denied");

    private async Task<AuditDraft> DraftAsync(CallerSession session) => Draft(session, await CallerAsync(session));

    private static AuditDraft Draft(CallerSession session, CallerTicket caller) => AuditDraft.For(caller, session.Subject.Action) with
    {
        Chain = caller.Tenant,
        Resource = session.Subject.Resource,
        Details = session.Subject.Details,
    };

    private async Task<CallerTicket> CallerAsync(CallerSession session) =>
        session.Ticket ?? await FormerAsync(session) ?? mint.Anonymous(session.RequestId) with { Address = session.Address };

    /// <summary>Names the account of a token that no longer holds; null without one that ever did.</summary>
    private async Task<CallerTicket?> FormerAsync(CallerSession session)
    {
        if (session.TokenOrNone is not { } token)
        {
            return null;
        }

        var owner = await mint.AsSystemAsync("audit", () => grains.GetGrain<ITokenGrain>(GrainKeys.Token(token)).OwnerAsync(CancellationToken.None));
        return owner is null ? null : mint.Anonymous(session.RequestId) with
        {
            Kind = PrincipalKind.Account,
            Account = owner.Account,
            Tenant = owner.Tenant,
            Token = token,
            Address = session.Address,
        };
    }

    // A slug has at most 100 characters, whoever gives it.
    private async Task<TenantId?> OwnerAsync(AuditSubject subject) => subject.Tenant ?? (subject.Slug.Length is 0 or > 100 ? null
        : (await mint.AsSystemAsync("audit", () => grains.GetGrain<INameGrain>(GrainKeys.Slug(subject.Slug)).ResolveAsync(CancellationToken.None)))?.Tenant);

    private async Task<bool> IsThereAsync(TenantId tenant) => (await log.HeadAsync(tenant, CancellationToken.None)).To.Count > 0;
}
