using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.Grains.Access.Policies;
using W0rktree.Grains.Access.Policies.Compiled;

namespace W0rktree.Grains.Access;

/// <summary>Shows the way to decisions.</summary>
public sealed partial class TreeAccess
{
    /// <summary>Explains a decision for the principal that it would be made for: the first that may, else the last that may not.</summary>
    public Explanation Explain(string permission, BranchName? branch, TreePath? path)
    {
        var explanation = new Explanation(PolicyDecision.NothingAllows, []);
        foreach (var principal in _principals)
        {
            var question = new AccessQuestion(principal, permission, ResourceAt(branch, path), _environment);
            explanation = _policies is null ? new Explanation(Decide(question), []) : Explanation.Of(_policies, question);
            if (explanation.Verdict.IsAllowed)
            {
                break;
            }
        }

        return explanation;
    }

    /// <summary>Lists everything that is in force, as people are told of it.</summary>
    public IEnumerable<string> Rules() => _policies is null ? ["the policies in force cannot be read"]
        : _policies.RootTeams.Rules.Select(t => t.Text)
            .Concat(_policies.Files.Rules.Select(r => r.Text))
            .Concat(_policies.Grants.Select(GrantMatch.TextOf))
            .Concat(_policies.Files.Trees.SelectMany(t => t.Rules).Select(r => r.Text))
            .Concat(_policies.Trees.Where(t => t.Ceiling is not null).Select(PolicyDecision.CeilingText));
}
