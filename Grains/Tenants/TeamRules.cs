using System.Collections.Immutable;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Tenants;

/// <summary>Decides about teams. Pure.</summary>
public static class TeamRules
{
    /// <summary>The most teams of a tenant: its state is one value that every change of it writes.</summary>
    public const int MaxTeams = 500;

    /// <summary>The most places in all teams together, for the same reason.</summary>
    public const int MaxPlaces = 20_000;

    /// <summary>The deepest nesting: decisions climb it, and no organisation is so high.</summary>
    public const int MaxDepth = 16;

    private const int MaxNameLength = 64;

    /// <summary>Decides on creating a team, or on changing where it stands.</summary>
    public static Result<TenantState> Set(TenantState state, SetTeam request)
    {
        if (!IsName(request.Name))
        {
            return new Error("invalid_argument", $"'{Shorten(request.Name)}' cannot name a team.", $"Use 1 to {MaxNameLength} of a-z, 0-9 and '-'.");
        }

        if (request.DisplayName.Length > 100 || request.DisplayName.Any(char.IsControl))
        {
            return new Error("invalid_argument", "The display name is longer than 100 characters or holds control characters.");
        }

        if (request.Parent.Length > 0 && state.Team(request.Parent) is null)
        {
            return new Error("not_found", $"There is no team '{Shorten(request.Parent)}'.", "Create it first: wt team create");
        }

        var before = state.Team(request.Name);
        if (before is null && state.Teams.Length >= MaxTeams)
        {
            return new Error("too_many_teams", $"A tenant has at most {MaxTeams} teams.");
        }

        var team = (before ?? new Team { Name = request.Name }) with { Parent = request.Parent, DisplayName = request.DisplayName };
        var next = With(state, team);
        return next.Teams.Any(t => Depth(next, t) > MaxDepth)
            ? new Error("invalid_argument", $"A team cannot contain itself, and teams nest at most {MaxDepth} deep.")
            : next;
    }

    /// <summary>Decides on deleting a team; one that is not there is deleted already.</summary>
    public static Result<TenantState> Delete(TenantState state, string name) =>
        state.Teams.FirstOrDefault(t => t.Parent == name) is { } inside && state.Team(name) is not null
            ? new Error("not_empty", $"The team '{name}' contains the team '{inside.Name}'.", "Delete or move that one first.")
            : state with { Teams = [.. state.Teams.Where(t => t.Name != name)] };

    /// <summary>Decides on taking a member into a team.</summary>
    public static Result<TenantState> Add(TenantState state, string name, AccountId account)
    {
        if (state.Team(name) is not { } team)
        {
            return new Error("not_found", $"There is no team '{Shorten(name)}'.", "List them: wt team list");
        }

        if (state.Find(account) is null)
        {
            return new Error("not_a_member", "Only members of the tenant can be in its teams.", "Add them first: wt tenant add");
        }

        if (team.Members.Contains(account))
        {
            return state;
        }

        return state.Teams.Sum(t => t.Members.Length) < MaxPlaces
            ? With(state, team with { Members = team.Members.Add(account) })
            : new Error("too_many_members", $"All teams of a tenant together have at most {MaxPlaces:N0} places.");
    }

    /// <summary>Decides on taking a member out of a team; who is not in it is out already.</summary>
    public static Result<TenantState> Remove(TenantState state, string name, AccountId account) => state.Team(name) is { } team
        ? With(state, team with { Members = team.Members.Remove(account) })
        : new Error("not_found", $"There is no team '{Shorten(name)}'.", "List them: wt team list");

    /// <summary>Takes an account out of every team.</summary>
    public static TenantState RemoveFromAll(TenantState state, AccountId account) =>
        state with { Teams = [.. state.Teams.Select(t => t.Members.Contains(account) ? t with { Members = t.Members.Remove(account) } : t)] };

    /// <summary>Lists the teams that an account is in, those that contain them included, sorted.</summary>
    public static ImmutableArray<string> Of(TenantState state, AccountId account)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var team in state.Teams.Where(t => t.Members.Contains(account)))
        {
            for (var at = team; at is not null && found.Add(at.Name); at = state.Team(at.Parent))
            {
            }
        }

        return [.. found];
    }

    private static TenantState With(TenantState state, Team team) =>
        state with { Teams = [.. state.Teams.Where(t => t.Name != team.Name).Append(team).OrderBy(t => t.Name, StringComparer.Ordinal)] };

    /// <summary>Counts the teams from one up to the outermost; more than the limit where it never ends.</summary>
    private static int Depth(TenantState state, Team team)
    {
        var depth = 1;
        for (var at = state.Team(team.Parent); at is not null && depth <= MaxDepth; at = state.Team(at.Parent))
        {
            depth++;
        }

        return depth;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    private static string Shorten(string text) => text.Length <= MaxNameLength ? text : text[..MaxNameLength] + "…";
}
