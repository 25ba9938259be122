using System.Reflection;

namespace W0rktree.Architecture.Tests.Permissions;

/// <summary>No grain method without a word on who may call it.</summary>
public sealed class PermissionTests
{
    // PRODUCT §3: the permissions of the product, written down a second time so that a new one is a decision.
    private static readonly HashSet<string> Known =
    [
        "tree:read", "tree:write", "tree:create", "tree:delete", "tree:admin",
        "branch:read", "branch:create", "branch:delete", "branch:merge", "branch:protect",
        "snapshot:create", "snapshot:read", "snapshot:restore", "sync:push", "sync:pull",
        "tag:create", "tag:delete", "release:create", "release:delete",
        "merge_request:create", "merge_request:approve", "merge_request:merge",
        "policy:manage", "role:manage", "team:manage", "account:manage", "tenant:admin",
    ];

    private const string Attributes = """
        public abstract class CallRequirementAttribute : Attribute;
        public sealed class RequiresAttribute(params string[] permissions) : CallRequirementAttribute { public string[] P => permissions; }
        public sealed class AnonymousAttribute : CallRequirementAttribute;

        """;

    [Fact]
    public void Every_grain_method_says_who_may_call_it() => Violation.AssertNone(PermissionRules.Check(Product.Load("Grains.Abstractions"), Known));

    [Fact]
    public void The_product_names_exactly_these_permissions()
    {
        var constants = Product.Load("Grains.Abstractions").GetType("W0rktree.Grains.Abstractions.Access.Permission", throwOnError: true)!
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(Known.Order(StringComparer.Ordinal), constants.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Task Do();", "has 0 of")]
    [InlineData("[Anonymous, Requires(\"tree:read\")] Task Do();", "has 2 of")]
    [InlineData("[Requires] Task Do();", "requires nothing")]
    [InlineData("[Requires(\"tree:read\", \"tree:fly\")] Task Do();", "requires 'tree:fly'")]
    public void A_method_that_says_nothing_or_nonsense_is_reported(string method, string problem) =>
        Assert.Contains(
            PermissionRules.Check(Fixture.Load($"{Attributes}public interface IG : IGrainWithStringKey {{ {method} }}"), Known),
            violation => violation.Problem.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void Annotated_methods_and_observers_pass() => Violation.AssertNone(PermissionRules.Check(
        Fixture.Load($"{Attributes}public interface IG : IGrainWithStringKey {{ [Requires(\"tree:read\")] Task Do(); [Anonymous] Task Ask(); }} public interface IO : IGrainObserver {{ Task On(); }}"), Known));
}
