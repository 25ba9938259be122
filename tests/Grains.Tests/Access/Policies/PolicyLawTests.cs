using System.Text.Json.Nodes;
using W0rktree.Grains.Access.Policies;
using W0rktree.Grains.Access.Policies.Cases;
using W0rktree.Grains.Tests.Access.Oracle;

namespace W0rktree.Grains.Tests.Access.Policies;

/// <summary>Holds what must be true of every policy, over drawn ones.</summary>
public sealed class PolicyLawTests
{
    private const int Seed = 4_711;
    private const int Cases = 1_000;

    private static readonly string[] KeptByOwners = ["policy:manage", "role:manage", "tenant:admin"];

    [Theory]
    [InlineData("[[policy]]\nname = \"more\"\neffect = \"deny\"\nsubjects = [{ all_authenticated = true }]\nscope = { path = \"src/\" }\npermissions = [\"*\"]")]
    [InlineData("[[policy]]\nname = \"more\"\neffect = \"deny\"\nsubjects = [{ team = \"backend\" }, { role = \"viewer\" }]\nscope = \"worktree\"\npermissions = [\"tree:read\"]")]
    public void A_deny_more_never_grants(string deny) => ForEach((text, before) =>
    {
        var more = Change(text, root => root["policies"] = $"{root["policies"]}\n{deny}");
        Assert.True(before || !Allows(more));
    });

    [Fact]
    public void A_trees_teams_never_grant() => ForEach((text, before) =>
    {
        var root = JsonNode.Parse(text)!;
        root["trees"]!["services"] = new JsonObject { ["teams"] = "[team.backend]\nrole = \"owner\"\n[team.ops]\nrole = \"owner\"\n", ["policies"] = root["trees"]!["services"]?["policies"]?.DeepClone() };
        if (JsonNode.Parse(text)!["trees"]!["services"]?["teams"] is null)
        {
            Assert.True(before || !Allows(root.ToJsonString()));
        }
    });

    [Fact]
    public void The_order_of_rules_makes_no_difference() => ForEach((text, before) =>
    {
        var turned = Change(text, root => root["policies"] = string.Concat(
            ((string?)root["policies"] ?? "").Split("[[policy]]", StringSplitOptions.RemoveEmptyEntries).Reverse().Select(p => "[[policy]]" + p)));
        Assert.Equal(before, Allows(turned));
    });

    [Theory]
    [InlineData("missing", "NotEquals", "x")]
    [InlineData("time.minute", "NotIn", "x")]
    [InlineData("department", "GreaterThan", "3")]
    public void A_condition_that_cannot_hold_makes_an_allow_grant_nothing(string attribute, string @operator, string value) => ForEach((text, before) =>
    {
        var allow = $"[[policy]]\nname = \"more\"\neffect = \"allow\"\nsubjects = [{{ all_authenticated = true }}]\nscope = \"worktree\"\npermissions = [\"*\"]\nconditions = [{{ attribute = \"{attribute}\", operator = \"{@operator}\", value = \"{value}\" }}]";
        Assert.Equal(before, Allows(Change(text, root => root["policies"] = $"{root["policies"]}\n{allow}")));
    });

    [Fact]
    public void Nothing_lifts_a_closed_tree_but_an_admin() => ForEach((text, _) =>
    {
        var root = JsonNode.Parse(text)!;
        root["trees"]![""] = new JsonObject { ["teams"] = "" };
        var roles = root["principal"]!["roles"]?.AsArray().Select(r => (string?)r).ToArray() ?? [];
        var isMember = (string?)root["principal"]!["tenant"] is { } tenant && tenant == (string?)root["resource"]!["tenant"];
        if (Allows(root.ToJsonString()))
        {
            Assert.True(isMember && (roles.Contains("admin") || roles.Contains("owner")));
        }
    });

    [Fact]
    public void An_owner_keeps_the_way_back_whatever_the_policies_say() => ForEach((text, _) =>
    {
        var root = JsonNode.Parse(text)!;
        root["principal"] = new JsonObject { ["account"] = "alice", ["tenant"] = "acme", ["roles"] = new JsonArray("owner") };
        root["resource"] = new JsonObject { ["tenant"] = "acme", ["tree"] = "services/api" };
        foreach (var permission in KeptByOwners)
        {
            root["permission"] = permission;
            Assert.True(Allows(root.ToJsonString()));
        }
    });

    [Fact]
    public void An_explanation_gives_the_same_answer_and_names_what_decided() => ForEach((text, before) =>
    {
        var read = AccessCase.Parse(text).Value;
        var policies = Assert.IsType<Compilation.Valid>(CompiledPolicies.Compile(read.Sources)).Policies.WithGrants(read.Grants);
        var explanation = Explanation.Of(policies, read.Question);
        Assert.Equal(before, explanation.Verdict.IsAllowed);
        var decisive = explanation.Rules.Where(r => r.IsDecisive).Select(r => r.Rule).ToArray();
        var because = explanation.Verdict.Because.Single();
        if (because is "nothing allows it")
        {
            Assert.Empty(decisive);
        }
        else
        {
            Assert.Contains(because, decisive);
        }
    });

    private static void ForEach(Action<string, bool> law)
    {
        var generator = new CaseGenerator(Seed);
        for (var i = 0; i < Cases; i++)
        {
            var text = generator.Next();
            try
            {
                law(text, Allows(text));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {Seed}, case {i}: {text}", e);
            }
        }
    }

    private static bool Allows(string text) => AccessCase.Parse(text).Value.Decide(out _).Value.IsAllowed;

    private static string Change(string text, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(text)!;
        change(root["root"]!);
        return root.ToJsonString();
    }
}
