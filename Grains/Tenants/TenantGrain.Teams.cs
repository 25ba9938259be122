using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Tenants;

/// <summary>Teams.</summary>
public sealed partial class TenantGrain
{
    // With a thousand names of forty bytes in each, below the limit of a grain message.
    private const int TeamsOnPage = 5;
    private const int MembersShown = 1_000;

    /// <inheritdoc/>
    public Task<Reply<TeamPage>> ListTeamsAsync(string from, CancellationToken cancellationToken)
    {
        var rest = Current.Teams.Where(t => string.CompareOrdinal(t.Name, from) >= 0).ToArray();
        var (page, places) = (new List<TeamView>(), 0);
        foreach (var team in rest)
        {
            if (page.Count >= TenantRules.PageSize || (places > 0 && places + team.Members.Length > TeamsOnPage * MembersShown))
            {
                return Task.FromResult<Reply<TeamPage>>(new TeamPage { Teams = [.. page], Next = team.Name });
            }

            page.Add(ViewOf(team));
            places += Math.Min(MembersShown, team.Members.Length);
        }

        return Task.FromResult<Reply<TeamPage>>(new TeamPage { Teams = [.. page] });
    }

    /// <inheritdoc/>
    public Task<Reply<TeamView>> SetTeamAsync(SetTeam request, CancellationToken cancellationToken) => ChangeTeamAsync(request.Name, TeamRules.Set(Current, request));

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> DeleteTeamAsync(string name, CancellationToken cancellationToken)
    {
        if (!TeamRules.Delete(Current, name).TryGet(out var next, out var error))
        {
            return error;
        }

        await SaveAsync(next);
        await WakeStreamsAsync();
        return Acknowledged.Instance;
    }

    /// <inheritdoc/>
    public Task<Reply<TeamView>> AddToTeamAsync(string name, AccountId account, CancellationToken cancellationToken) =>
        ChangeTeamAsync(name, TeamRules.Add(Current, name, account));

    /// <inheritdoc/>
    public Task<Reply<TeamView>> RemoveFromTeamAsync(string name, AccountId account, CancellationToken cancellationToken) =>
        ChangeTeamAsync(name, TeamRules.Remove(Current, name, account));

    private async Task<Reply<TeamView>> ChangeTeamAsync(string name, Result<TenantState> change)
    {
        if (!change.TryGet(out var next, out var error))
        {
            return error;
        }

        if (next != Current)
        {
            await SaveAsync(next);

            // Policies name teams: what somebody may read may have changed with this.
            await WakeStreamsAsync();
        }

        return ViewOf(Current.Team(name)!);
    }

    private TeamView ViewOf(Team team) => new()
    {
        Name = team.Name,
        Parent = team.Parent,
        DisplayName = team.DisplayName,
        Members = [.. team.Members.Select(m => Current.Find(m)?.Slug).OfType<string>().Order(StringComparer.Ordinal).Take(MembersShown)],
        MemberCount = team.Members.Length,
    };
}
