using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Tenants;

namespace W0rktree.Grains.Tests.Tenants;

/// <summary>What is decided about teams and invitations.</summary>
public sealed class TeamRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly AccountId Ann = new(1);
    private static readonly AccountId Bob = new(2);

    [Fact]
    public void Who_is_in_a_team_is_in_every_team_that_contains_it_and_in_no_other()
    {
        var state = Teams(("a", ""), ("b", "a"), ("c", "b"), ("d", "a"));
        state = TeamRules.Add(state, "c", Ann).Value;
        Assert.Equal<string>(["a", "b", "c"], TeamRules.Of(state, Ann));
        Assert.Empty(TeamRules.Of(state, Bob));
        Assert.Equal<string>(["a", "c"], TeamRules.Of(TeamRules.Set(state, new SetTeam { Name = "c", Parent = "a" }).Value, Ann));
        Assert.Empty(TeamRules.Of(TeamRules.RemoveFromAll(state, Ann), Ann));
        Assert.Equal(state, TeamRules.Add(state, "c", Ann).Value);
    }

    [Fact]
    public void Teams_never_contain_themselves_however_long_the_way_round()
    {
        var state = Teams(("a", ""), ("b", "a"), ("c", "b"));
        foreach (var parent in new[] { "a", "b", "c" })
        {
            Assert.Equal("invalid_argument", TeamRules.Set(state, new SetTeam { Name = "a", Parent = parent }).Error.Code);
        }
    }

    [Fact]
    public void Teams_nest_as_deep_as_the_limit_and_no_deeper_also_when_the_outer_one_is_moved()
    {
        var chain = Teams([.. Enumerable.Range(0, TeamRules.MaxDepth).Select(i => ($"t{i}", i == 0 ? "" : $"t{i - 1}"))]);
        Assert.Equal("invalid_argument", TeamRules.Set(chain, new SetTeam { Name = "deeper", Parent = $"t{TeamRules.MaxDepth - 1}" }).Error.Code);
        var beside = TeamRules.Set(chain, new SetTeam { Name = "top" }).Value;
        Assert.Equal("invalid_argument", TeamRules.Set(beside, new SetTeam { Name = "t0", Parent = "top" }).Error.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public void A_name_that_policies_could_not_spell_is_refused(string name) =>
        Assert.Equal("invalid_argument", TeamRules.Set(Teams(), new SetTeam { Name = name }).Error.Code);

    [Fact]
    public void A_team_that_contains_another_stays_until_that_one_is_gone()
    {
        var state = Teams(("a", ""), ("b", "a"));
        Assert.Equal("not_empty", TeamRules.Delete(state, "a").Error.Code);
        Assert.Empty(TeamRules.Delete(TeamRules.Delete(state, "b").Value, "a").Value.Teams);
        Assert.Equal("not_found", TeamRules.Set(Teams(), new SetTeam { Name = "a", Parent = "nowhere" }).Error.Code);
        Assert.Equal("not_a_member", TeamRules.Add(state, "a", new AccountId(99)).Error.Code);
    }

    [Fact]
    public void An_invitation_gives_its_role_once_and_never_takes_one_away()
    {
        var code = TokenHash.Of("code");
        var state = InvitationRules.Invite(Teams(("a", "")), Role.Owner, Invitation(code, Role.Developer), Now).Value;
        var found = InvitationRules.Find(state, code, Now)!;
        var carl = new Member { Account = new AccountId(3), Slug = "carl", Role = Role.Viewer };
        var joined = InvitationRules.Accept(state, found, carl).Value;
        Assert.Equal((Role.Developer, 0), (joined.Find(carl.Account)!.Role, joined.Invitations.Length));
        Assert.Equal<string>(["a"], TeamRules.Of(joined, carl.Account));
        Assert.Equal(Role.Owner, InvitationRules.Accept(state, found, state.Find(Ann)!).Value.Find(Ann)!.Role);
        Assert.Null(InvitationRules.Find(state, code, Now.AddDays(8)));
        Assert.Null(InvitationRules.Find(state, TokenHash.Of("other"), Now));
    }

    [Fact]
    public void Nobody_invites_above_their_role_nor_for_longer_than_a_month()
    {
        Assert.Equal("denied", InvitationRules.Invite(Teams(("a", "")), Role.Admin, Invitation(TokenHash.Of("x"), Role.Owner), Now).Error.Code);
        Assert.Equal("invalid_argument", InvitationRules.Invite(Teams(("a", "")), Role.Owner, Invitation(TokenHash.Of("x"), Role.Viewer, days: 31), Now).Error.Code);
        Assert.Equal("not_found", InvitationRules.Invite(Teams(), Role.Owner, Invitation(TokenHash.Of("x"), Role.Viewer), Now).Error.Code);
    }

    private static Invitation Invitation(TokenHash code, Role role, int days = 7) => new()
    {
        Invite = new Invite { Code = code, Role = role, Teams = ["a"], ExpiresAt = Now.AddDays(days) }, By = Ann, BySlug = "ann", At = Now,
    };

    private static TenantState Teams(params (string Name, string Parent)[] teams)
    {
        var state = new TenantState
        {
            Kind = TenantKind.Organization, Slug = "acme",
            Members = [new Member { Account = Ann, Slug = "ann", Role = Role.Owner }, new Member { Account = Bob, Slug = "bob", Role = Role.Developer }],
        };
        return teams.Aggregate(state, (before, team) => TeamRules.Set(before, new SetTeam { Name = team.Name, Parent = team.Parent }).Value);
    }
}
