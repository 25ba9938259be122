using W0rktree.Core;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Tenants;

/// <summary>Decides about invitations. Pure.</summary>
public static class InvitationRules
{
    /// <summary>The most open invitations of a tenant.</summary>
    public const int MaxOpen = 200;

    /// <summary>The longest that one stays open: whoever finds the code later finds nothing.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(30);

    private const int MaxTeams = 20;

    /// <summary>Decides on inviting; nobody offers more than they hold.</summary>
    public static Result<TenantState> Invite(TenantState state, Role actor, Invitation invitation, DateTimeOffset now)
    {
        var invite = invitation.Invite;
        if (invite.Role is < Role.Viewer or > Role.Owner)
        {
            return new Error("invalid_argument", "There is no such role.", "Use owner, admin, maintainer, developer or viewer.");
        }

        if (invite.Role > actor)
        {
            return new Error("denied", "Nobody can give a role above their own.", "Ask an owner.");
        }

        if (invite.ExpiresAt <= now || invite.ExpiresAt > now + MaxLife)
        {
            return new Error("invalid_argument", $"An invitation stays open for at most {MaxLife.TotalDays} days.");
        }

        if (invite.Note.Length > 100 || invite.Note.Any(char.IsControl))
        {
            return new Error("invalid_argument", "The note is longer than 100 characters or holds control characters.");
        }

        if (invite.Teams.Length > MaxTeams || invite.Teams.FirstOrDefault(t => state.Team(t) is null) is not null)
        {
            return new Error("not_found", "There is no such team, or they are more than 20.", "List them: wt team list");
        }

        var open = state.Invitations.Where(i => i.Invite.ExpiresAt > now).ToArray();
        return open.Length < MaxOpen
            ? state with { Invitations = [.. open, invitation] }
            : new Error("too_many_invitations", $"A tenant has at most {MaxOpen} open invitations.", "Revoke some: wt tenant invitations");
    }

    /// <summary>Finds an open invitation by its code.</summary>
    public static Invitation? Find(TenantState state, TokenHash code, DateTimeOffset now) =>
        state.Invitations.FirstOrDefault(i => i.Invite.Code == code && i.Invite.ExpiresAt > now);

    /// <summary>Takes somebody in who has the code; the invitation is used up. A member keeps their role where it is higher.</summary>
    public static Result<TenantState> Accept(TenantState state, Invitation invitation, Member member)
    {
        // What who invited holds now, not then: an invitation never outlives the right to give it.
        var host = state.Find(invitation.By)?.Role ?? Role.None;
        if (host < Role.Admin || invitation.Invite.Role > host)
        {
            return new Error("invitation_void", "Who invited you may no longer do so.", "Ask for another invitation.");
        }

        var role = state.Find(member.Account) is { } before && before.Role > invitation.Invite.Role ? before.Role : invitation.Invite.Role;
        var result = TenantRules.SetMember(state, Role.Owner, member with { Role = role });
        foreach (var team in invitation.Invite.Teams)
        {
            // One that was deleted in between is nothing to come into.
            result = result.TryGet(out var taken, out _) && taken.Team(team) is not null ? TeamRules.Add(taken, team, member.Account) : result;
        }

        return result.TryGet(out var next, out var error) ? next with { Invitations = next.Invitations.Remove(invitation) } : error;
    }

    /// <summary>Takes an invitation back; one that is not there is taken back already.</summary>
    public static TenantState Revoke(TenantState state, string id) => state with { Invitations = [.. state.Invitations.Where(i => i.Invite.Code.PublicId != id)] };
}
