using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Access;

namespace W0rktree.Grains.Tests.Access;

public class AccessRulesTests
{
    // Written out once more from the product's description, as a table that the code is held against.
    private static readonly Dictionary<Role, string> Added = new()
    {
        [Role.Viewer] = "tree:read branch:read snapshot:read sync:pull",
        [Role.Developer] = "tree:write branch:create snapshot:create sync:push tag:create merge_request:create",
        [Role.Maintainer] = "tree:admin branch:delete branch:merge branch:protect snapshot:restore tag:delete release:create release:delete merge_request:approve merge_request:merge",
        [Role.Admin] = "policy:manage tree:create tree:delete role:manage team:manage account:manage tenant:admin",
        [Role.Owner] = "",
    };

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Developer)]
    [InlineData(Role.Maintainer)]
    [InlineData(Role.Admin)]
    [InlineData(Role.Owner)]
    public void A_role_has_what_the_lower_ones_have_and_its_own(Role role)
    {
        var expected = Added.Where(a => a.Key <= role).SelectMany(a => a.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal);

        Assert.Equal(expected, AccessRules.PermissionsOf(Member(role)));
    }

    [Fact]
    public void An_owner_has_every_permission_there_is() =>
        Assert.Equal(Permission.All.Order(StringComparer.Ordinal), AccessRules.PermissionsOf(Member(Role.Owner)));

    [Fact]
    public void A_stranger_is_not_told_that_there_is_something()
    {
        foreach (var permission in Permission.All)
        {
            Assert.IsType<AccessDecision.Hidden>(AccessRules.Decide(new AccessRequest(Member(Role.None), permission)));
        }
    }

    [Fact]
    public void A_member_without_the_permission_is_told_so() =>
        Assert.IsType<AccessDecision.Denied>(AccessRules.Decide(new AccessRequest(Member(Role.Viewer), Permission.SyncPush)));

    [Fact]
    public void A_suspended_tenant_can_only_be_read() =>
        Assert.Equal(AccessRules.PermissionsOf(Member(Role.Viewer)).ToArray(), AccessRules.PermissionsOf(Member(Role.Owner, TenantStatus.Suspended)).ToArray());

    [Fact]
    public void A_deactivated_tenant_gives_nothing() =>
        Assert.Empty(AccessRules.PermissionsOf(Member(Role.Owner, TenantStatus.Deactivated)));

    [Fact]
    public void An_unknown_permission_is_denied_to_everybody() =>
        Assert.False(AccessRules.Decide(new AccessRequest(Member(Role.Owner), "tree:everything")).IsAllowed);

    [Fact]
    public void Every_decision_says_why() =>
        Assert.All(Enum.GetValues<Role>(), role => Assert.NotEmpty(AccessRules.Decide(new AccessRequest(Member(role), Permission.SyncPush)).Because));

    private static Standing Member(Role role, TenantStatus status = TenantStatus.Active) => new() { Role = role, Status = status };
}
