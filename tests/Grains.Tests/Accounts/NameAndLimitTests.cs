using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Accounts;

namespace W0rktree.Grains.Tests.Accounts;

public class NameAndLimitTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly NameOwner Ann = new() { Account = new AccountId(1) };
    private static readonly NameOwner Bob = new() { Account = new AccountId(2) };

    [Fact]
    public void A_reserved_name_is_kept_for_its_owner_and_lapses()
    {
        var reserved = NameRules.Reserve(new NameState(), Ann, Now)!;

        Assert.Null(NameRules.Reserve(reserved, Bob, Now + NameRules.ReservationLife - TimeSpan.FromTicks(1)));
        Assert.Equal(Ann, NameRules.Reserve(reserved, Ann, Now)!.Owner);
        Assert.Equal(Bob, NameRules.Reserve(reserved, Bob, Now + NameRules.ReservationLife)!.Owner);
    }

    [Fact]
    public void A_confirmed_name_never_lapses() =>
        Assert.Null(NameRules.Reserve(new NameState { Owner = Ann, Confirmed = true, ReservedAt = Now }, Bob, Now + TimeSpan.FromDays(10_000)));

    [Fact]
    public void The_limit_opens_again_one_failure_at_a_time()
    {
        var limit = new SignInLimit();
        for (var i = 0; i < SignInLimit.MaxFailures; i++)
        {
            Assert.Null(limit.BlockedUntil(Now + TimeSpan.FromSeconds(i)));
            limit.Failed(Now + TimeSpan.FromSeconds(i));
        }

        Assert.Equal(Now + SignInLimit.Window, limit.BlockedUntil(Now + TimeSpan.FromMinutes(1)));
        Assert.Null(limit.BlockedUntil(Now + SignInLimit.Window));
        limit.Failed(Now + SignInLimit.Window);
        Assert.NotNull(limit.BlockedUntil(Now + SignInLimit.Window));
    }

    [Theory]
    [InlineData("ann", true)]
    [InlineData("a-1", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a--b", false)]
    [InlineData("Ann", false)]
    [InlineData("a/b", false)]
    [InlineData("aаb", false)] // the second letter is Cyrillic
    [InlineData("a23456789012345678901234567890123456789", true)]
    [InlineData("a234567890123456789012345678901234567890", false)]
    public void A_slug_is_what_it_may_be(string slug, bool valid) => Assert.Equal(valid, AccountRules.CheckSlug(slug) is null);

    [Theory]
    [InlineData("ann@example.org", true)]
    [InlineData("ann", false)]
    [InlineData("@example.org", false)]
    [InlineData("ann@", false)]
    [InlineData("a@b@c", false)]
    [InlineData("ann @example.org", false)]
    [InlineData("ann@example.org\n", false)]
    public void An_address_looks_like_one(string email, bool valid) => Assert.Equal(valid, AccountRules.CheckEmail(email) is null);

    [Fact]
    public void Scopes_stay_within_those_of_the_token_that_asks()
    {
        Assert.True(AccountRules.Within(["*"], ["*"]));
        Assert.True(AccountRules.Within(["sync:pull"], ["sync:pull", "tree:read"]));
        Assert.False(AccountRules.Within(["*"], ["sync:pull"]));
        Assert.False(AccountRules.Within(["sync:push"], ["sync:pull"]));
    }
}
