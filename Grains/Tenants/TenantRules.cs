using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Tenants;

/// <summary>Decides about members and names of worktrees. Pure.</summary>
public static class TenantRules
{
    /// <summary>The most members: the tenant's state is one value that every change of it writes.</summary>
    public const int MaxMembers = 5_000;

    /// <summary>The most worktrees, for the same reason.</summary>
    public const int MaxWorktrees = 5_000;

    /// <summary>The most attributes of a member: they are part of every decision's facts.</summary>
    public const int MaxAttributes = 20;

    private const int MaxAttributeLength = 200;

    /// <summary>The entries of one page of a list: with names of 64 bytes far below the limit of a grain message.</summary>
    public const int PageSize = 200;

    /// <summary>Decides on taking an account in or changing its role.</summary>
    public static Result<TenantState> SetMember(TenantState state, Role actor, Member member)
    {
        if (member.Role is < Role.Viewer or > Role.Owner)
        {
            return new Error("invalid_argument", "There is no such role.", "Use owner, admin, maintainer, developer or viewer.");
        }

        var before = state.Find(member.Account);
        if (member.Role > actor || before?.Role > actor)
        {
            return new Error("denied", "Nobody can give or take a role above their own.", "Ask an owner.");
        }

        if (before is { Role: Role.Owner } && member.Role != Role.Owner && IsLastOwner(state, member.Account))
        {
            return LastOwner;
        }

        if (before is null && state.Members.Length >= MaxMembers)
        {
            return new Error("too_many_members", $"A tenant has at most {MaxMembers} members.");
        }

        return state with { Members = [.. state.Members.Where(m => m.Account != member.Account).Append(member).OrderBy(m => m.Slug, StringComparer.Ordinal)] };
    }

    /// <summary>Decides on what is said of a member; nobody says anything of who stands above them.</summary>
    public static Result<TenantState> SetAttributes(TenantState state, Role actor, SetAttributes request)
    {
        if (state.Find(request.Account) is not { } member)
        {
            return new Error("not_a_member", "The tenant says something of its members alone.", "Add them first: wt tenant add");
        }

        if (member.Role > actor)
        {
            return new Error("denied", "Nobody changes what is said of somebody with a role above their own.", "Ask an owner.");
        }

        if (request.Attributes.FirstOrDefault(a => !IsAttributeName(a.Name) || a.Value.Length > MaxAttributeLength || a.Value.Any(char.IsControl)) is { } wrong)
        {
            return new Error(
                "invalid_argument", $"'{(wrong.Name.Length > 64 ? wrong.Name[..64] : wrong.Name)}' cannot be said.",
                $"A name has 1 to 64 of a-z, 0-9, '-', '_' and '.', none of the product's own beginnings (time., ip., tenant.); a value at most {MaxAttributeLength} characters.");
        }

        var named = request.Attributes.Select(a => a.Name).ToHashSet(StringComparer.Ordinal);
        MemberAttribute[] next = [.. member.Attributes.Where(a => !named.Contains(a.Name)).Concat(request.Attributes.Where(a => a.Value.Length > 0)).OrderBy(a => a.Name, StringComparer.Ordinal)];
        return next.Length > MaxAttributes || named.Count < request.Attributes.Length
            ? new Error("invalid_argument", $"Of a member at most {MaxAttributes} things are said, each once.")
            : next.SequenceEqual(member.Attributes) ? state : state with { Members = state.Members.Replace(member, member with { Attributes = [.. next] }) };
    }

    /// <summary>Decides on letting an account go; what is not a member is let go already.</summary>
    public static Result<TenantState> RemoveMember(TenantState state, Role actor, AccountId account)
    {
        var member = state.Find(account);
        if (member is null)
        {
            return state;
        }

        if (member.Role > actor)
        {
            return new Error("denied", "Nobody can let go somebody with a role above their own.", "Ask an owner.");
        }

        return IsLastOwner(state, account) ? LastOwner : state with { Members = state.Members.Remove(member) };
    }

    /// <summary>Decides on a worktree's name and root tree; a repetition changes nothing.</summary>
    public static Result<TenantState> ReserveWorktree(TenantState state, ReserveWorktree request)
    {
        if (!IsWorktreeName(request.Name.Slug))
        {
            return new Error("invalid_argument", $"'{(request.Name.Slug.Length > 64 ? request.Name.Slug[..64] : request.Name.Slug)}' cannot name a worktree.", "Use 1 to 64 of a-z, 0-9, '-', '_' and '.'.");
        }

        if (state.Worktrees.Contains(request))
        {
            return state;
        }

        if (state.Worktrees.Any(w => w.Name.Slug == request.Name.Slug))
        {
            return new Error("already_exists", $"The tenant has a worktree '{request.Name.Slug}' already.", "Choose another name.");
        }

        if (state.Worktrees.Any(w => w.Name.Worktree == request.Name.Worktree || w.RootTree == request.RootTree))
        {
            return new Error("already_exists", "The worktree or its tree is on this server already, under another name.", "Clone it, or make a new one: wt init");
        }

        return state.Worktrees.Length < MaxWorktrees
            ? state with { Worktrees = [.. state.Worktrees.Append(request).OrderBy(w => w.Name.Slug, StringComparer.Ordinal)] }
            : new Error("too_many_worktrees", $"A tenant has at most {MaxWorktrees} worktrees.");
    }

    private static Error LastOwner { get; } = new("last_owner", "A tenant keeps at least one owner.", "Make somebody else an owner first.");

    private static bool IsLastOwner(TenantState state, AccountId account) =>
        state.Members.Any(m => m.Account == account && m.Role == Role.Owner) && state.Members.Count(m => m.Role == Role.Owner) == 1;

    private static bool IsAttributeName(string name) => name.Length is > 0 and <= 64 && !Access.Policies.Attributes.IsReserved(name)
        && name.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.');

    private static bool IsWorktreeName(string name) => name.Length is > 0 and <= 64 && name is not ("." or "..")
        && name.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.');
}
