using System.Collections.Immutable;
using W0rktree.Grains.Access.Policies;
using W0rktree.Grains.Access.Policies.Files;

namespace W0rktree.Grains.Tests.Access.Policies;

public sealed class PolicyProblemTests
{
    private const string Head = "[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = [{ team = \"t\" }]\nscope = \"worktree\"\npermissions = [\"sync:push\"]\n";

    [Theory]
    [InlineData("x = = 1", "policy_syntax", 1, 5)]
    [InlineData("[[policy]]\nname = \"a\"\nname = \"b\"", "policy_syntax", 3, 1)]
    [InlineData("[[rule]]\nname = \"a\"", "policy_unknown_key", 1, 3)]
    [InlineData(Head + "priority = 1", "policy_unknown_key", 7, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = []\nscope = \"worktree\"", "policy_missing_key", 2, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = []\nscope = \"worktree\"\npermissions = \"*\"", "policy_wrong_type", 6, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"forbid\"\nsubjects = []\nscope = \"worktree\"\npermissions = []", "policy_unknown_effect", 3, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = []\nscope = \"worktree\"\npermissions = [\"tree:read\", \"tree:fly\"]", "policy_unknown_permission", 6, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = [{ user = \"a\" }]\nscope = \"worktree\"\npermissions = []", "policy_bad_subject", 4, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = [{ team = \"a\", role = \"b\" }]\nscope = \"worktree\"\npermissions = []", "policy_bad_subject", 4, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = [{ all_authenticated = false }]\nscope = \"worktree\"\npermissions = []", "policy_bad_subject", 4, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = [{ team = 3 }]\nscope = \"worktree\"\npermissions = []", "policy_wrong_type", 4, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = []\nscope = \"everywhere\"\npermissions = []", "policy_bad_scope", 5, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = []\nscope = \"tree\"\npermissions = []", "policy_bad_scope", 5, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = []\nscope = { path = \"a\", branch = \"b\" }\npermissions = []", "policy_bad_scope", 5, 1)]
    [InlineData("[[policy]]\nname = \"p\"\neffect = \"deny\"\nsubjects = []\nscope = { path = \"../a\" }\npermissions = []", "policy_bad_path", 5, 1)]
    [InlineData(Head + "[[policy.conditions]]\nattribute = \"a\"\noperator = \"Matches\"\nvalue = \"x\"", "policy_unknown_operator", 9, 1)]
    [InlineData(Head + "[[policy.conditions]]\nattribute = \"a\"\noperator = \"3\"\nvalue = \"x\"", "policy_unknown_operator", 9, 1)]
    [InlineData(Head + "[[policy.conditions]]\nattribute = \"a\"\noperator = \"Equals\"\nvalue = 3", "policy_wrong_type", 10, 1)]
    [InlineData(Head + "[[policy.conditions]]\nattribute = \"a\"\noperator = \"Equals\"\nvalue = \"3\"\nunless = \"4\"", "policy_unknown_key", 11, 1)]
    public void An_invalid_policy_file_is_refused_with_its_place(string text, string code, int line, int column) =>
        Expect(Root(policies: text), code, ".wt/access/policies.toml", line, column);

    [Theory]
    [InlineData("[[role]]\nname = \"Owner\"\npermissions = []", "role_builtin", 2)]
    [InlineData("[[role]]\nname = \"auditör\"\npermissions = []", "role_name_invalid", 2)]
    [InlineData("[[role]]\nname = \"auditor\"\npermissions = []\n[[role]]\nname = \"Auditor\"\npermissions = []", "role_duplicate", 5)]
    [InlineData("[[role]]\nname = \"auditor\"\npermissions = [\"all\"]", "policy_unknown_permission", 3)]
    [InlineData("[[role]]\nname = \"auditor\"", "policy_missing_key", 2)]
    [InlineData("[[role]]\nname = \"auditor\"\npermissions = []\ninherits = \"viewer\"", "policy_unknown_key", 4)]
    public void An_invalid_roles_file_is_refused_with_its_place(string text, string code, int line) =>
        Expect(Root(roles: text), code, ".wt/access/roles.toml", line, 1);

    [Theory]
    [InlineData("[team.ops]\npaths = []", "policy_missing_key", 2)]
    [InlineData("[team.ops]\nrole = \"viewer\"\npaths = [\"/etc/\"]", "policy_bad_path", 3)]
    [InlineData("[team.ops]\nrole = \"viewer\"\nmembers = []", "policy_unknown_key", 3)]
    [InlineData("[team.ops]\nrole = 1", "policy_wrong_type", 2)]
    public void An_invalid_teams_file_is_refused_with_its_place(string text, string code, int line)
    {
        Expect(Root(teams: text), code, ".wt/access/teams.toml", line, 1);
        Expect(Tree("services/api", new PolicyTexts(null, null, text)), code, "services/api/.wt-tree/access/teams.toml", line, 1);
    }

    [Fact]
    public void A_file_over_the_limit_is_refused_before_it_is_parsed() =>
        Expect(Root(teams: new string('#', FileReader.MaxCharacters + 1)), "policy_too_large", ".wt/access/teams.toml", 1, 1);

    [Fact]
    public void A_trees_role_cannot_take_the_name_of_one_of_the_worktree() => Expect(
        new PolicySources
        {
            Root = new PolicyTexts("[[role]]\nname = \"auditor\"\npermissions = []", null, null),
            Trees = ImmutableSortedDictionary<string, PolicyTexts>.Empty.Add("", new PolicyTexts("[[role]]\nname = \"AUDITOR\"\npermissions = [\"*\"]", null, null)),
        },
        "role_duplicate",
        ".wt-tree/access/roles.toml",
        2,
        1);

    [Fact]
    public void Every_problem_of_all_files_is_told()
    {
        var invalid = Assert.IsType<Compilation.Invalid>(CompiledPolicies.Compile(Root(roles: "x = 1", policies: "y = 1\nz = 2", teams: "=")));
        Assert.Equal(["policy_unknown_key", "policy_unknown_key", "policy_unknown_key", "policy_syntax"], invalid.Problems.Select(p => p.Code));
    }

    [Fact]
    public void What_is_hardly_meant_is_a_warning()
    {
        var sources = Tree("api", new PolicyTexts(
            null,
            Head.Replace("deny", "allow", StringComparison.Ordinal) + "conditions = [{ attribute = \"time.minute\", operator = \"Equals\", value = \"1\" }]",
            "[team.ops]\nrole = \"nobody\""));
        var valid = Assert.IsType<Compilation.Valid>(CompiledPolicies.Compile(sources));
        Assert.Equal(
            ["policy_no_effect:3", "policy_not_granted:2", "policy_undefined_role:2", "policy_unknown_attribute:7"],
            valid.Policies.Warnings.Select(w => $"{w.Code}:{w.Line}").Order(StringComparer.Ordinal));
    }

    private static PolicySources Root(string? roles = null, string? policies = null, string? teams = null) => new() { Root = new PolicyTexts(roles, policies, teams) };

    private static PolicySources Tree(string path, PolicyTexts texts) => new() { Trees = ImmutableSortedDictionary<string, PolicyTexts>.Empty.Add(path, texts) };

    private static void Expect(PolicySources sources, string code, string file, int line, int column)
    {
        var problem = Assert.IsType<Compilation.Invalid>(CompiledPolicies.Compile(sources)).Problems[0];
        Assert.Equal((code, file, line, column), (problem.Code, problem.File, problem.Line, problem.Column));
        Assert.NotEmpty(problem.Message);
    }
}
