using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Tenants;

namespace W0rktree.Grains.Tests.Tenants;

/// <summary>Limits that are set apart from the usual ones.</summary>
public sealed class QuotaRulesTests
{
    private static readonly Quota Usual = new() { StorageBytes = 100, StagedPerTree = 10 };

    [Fact]
    public void What_was_set_apart_counts_and_of_the_rest_the_usual()
    {
        var state = Set(new TenantState(), new QuotaChange { StorageBytes = 500 });
        Assert.Equal(Usual with { StorageBytes = 500 }, QuotaRules.InForce(Usual, state.Quota));
        state = Set(state, new QuotaChange { StagedPerTree = 0, RequestsPerMinute = 60 });
        Assert.Equal(new Quota { StorageBytes = 500, RequestsPerMinute = 60 }, QuotaRules.InForce(Usual, state.Quota));
    }

    [Fact]
    public void Forgetting_what_was_set_apart_leaves_nothing_but_what_is_set_in_the_same_step()
    {
        var state = Set(new TenantState(), new QuotaChange { StorageBytes = 500, FileBytes = 3 });
        Assert.Equal(Usual with { UploadBytes = 7 }, QuotaRules.InForce(Usual, Set(state, new QuotaChange { Reset = true, UploadBytes = 7 }).Quota));
        Assert.Null(Set(state, new QuotaChange { Reset = true }).Quota);
    }

    [Fact]
    public void Setting_nothing_changes_nothing() => Assert.Equal(new TenantState(), Set(new TenantState(), new QuotaChange()));

    [Fact]
    public void A_limit_below_zero_is_refused() => Assert.Equal("invalid_argument", QuotaRules.Set(new TenantState(), new QuotaChange { FileBytes = -1 }).Error.Code);

    private static TenantState Set(TenantState state, QuotaChange change) => QuotaRules.Set(state, change).Value;
}
