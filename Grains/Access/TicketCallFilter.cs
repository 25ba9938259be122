using Microsoft.Extensions.Logging;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Audit;

namespace W0rktree.Grains.Access;

/// <summary>Stands before every grain method: ticket, then permission, then resource, then the method. What is not annotated is denied.</summary>
/// <remarks>Last it drafts what the audit is to say, should the call change something.</remarks>
public sealed class TicketCallFilter(TicketMint mint, RevokedTickets revoked, ILogger<TicketCallFilter> log) : IIncomingGrainCallFilter
{
    private readonly CallRequirements _requirements = new();

    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        // Observers are not grains: what they are told is a hint, which their owner checks by asking.
        if (!CallRequirements.IsOrleans(context.InterfaceMethod) && context.Grain is not IGrainObserver)
        {
            RequestContext.Set(AuditDraft.ContextKey, await RequireAsync(context));
        }

        await context.Invoke();
    }

    private async Task<AuditDraft> RequireAsync(IIncomingGrainCallContext context)
    {
        var caller = mint.Current();
        if (caller is null || revoked.Contains(caller))
        {
            throw Turned(context, caller, Refusals.SignedOut);
        }

        // A key that nobody but GrainKeys could have made: with anything else in it, two keys could mean one thing.
        var key = context.TargetId.Key.ToString()!;
        if (context.Grain is IGuardedGrain && !GrainKeys.IsCanonical(key))
        {
            throw Turned(context, caller, Refusals.NotFound);
        }

        var shape = _requirements.Of(context.InterfaceMethod);
        switch (shape.Requirement)
        {
            case AnonymousAttribute:
            case SystemOnlyAttribute when caller.Kind == PrincipalKind.System:
            case SelfOnlyAttribute when caller.Kind == PrincipalKind.Account && key == GrainKeys.Account(caller.Account):
                return DraftRules.Of(context, key, shape, caller, []);
            case RequiresAttribute { Permissions.Count: > 0 } required when caller.Kind == PrincipalKind.Account && context.Grain is IGuardedGrain guarded:
                await RequireAsync(context, caller, required.Permissions, guarded);
                return DraftRules.Of(context, key, shape, caller, required.Permissions);
            case null:
                log.LogError("{Interface}.{Method} declares no requirement and is closed to everybody", context.InterfaceName, context.MethodName);
                throw Turned(context, caller, Refusals.PermissionDenied("(none declared)"));
            default:
                throw Turned(context, caller, caller.Kind == PrincipalKind.Anonymous ? Refusals.SignedOut : Refusals.NotFound);
        }
    }

    private async Task RequireAsync(IIncomingGrainCallContext context, CallerTicket caller, IReadOnlyList<string> permissions, IGuardedGrain guarded)
    {
        foreach (var permission in permissions)
        {
            // The resource is asked first: a token of little scope must not tell what exists.
            var refusal = await guarded.RefuseAsync(caller, permission, CancellationToken.None);
            if (refusal is null && !caller.InScope(permission))
            {
                refusal = Refusals.ScopeExceeded(permission);
            }

            if (refusal is not null)
            {
                throw Turned(context, caller, refusal);
            }
        }
    }

    private AccessDeniedException Turned(IIncomingGrainCallContext context, CallerTicket? caller, Refusal refusal)
    {
        log.LogDebug(
            "{Kind} {Account} turned away from {Interface}.{Method}: {Code}",
            caller?.Kind, caller?.Account, context.InterfaceName, context.MethodName, refusal.Code);
        return new AccessDeniedException(refusal);
    }
}
