using System.Collections.Immutable;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Access;
using W0rktree.Grains.Access.Policies;

namespace W0rktree.Grains.Branches;

/// <summary>Decides what a push changes: every path by the rights of who pushes, and policy files by what they would put in force.</summary>
internal static class PushReview
{
    /// <summary>Says why the changes cannot be; null where they can.</summary>
    public static Error? RefusePaths(TreeAccess access, BranchName branch, IEnumerable<TreePath> changed)
    {
        var policies = false;
        foreach (var path in changed)
        {
            if (!access.InScope(Permission.TreeWrite))
            {
                return Refusals.ScopeExceeded(Permission.TreeWrite).ToError();
            }

            policies |= PolicyOrigins.IsPolicy(path);
            if (!access.Decide(Permission.TreeWrite, branch, path).IsAllowed)
            {
                // Who may not read the path either is not told what it is called.
                return access.MayRead(path)
                    ? new Error("denied", $"The push changes '{path}', which needs the permission '{Permission.TreeWrite}' there.", "Take the change back, or ask an owner or administrator for the right.")
                    : new Error("denied", "The push changes something that you may not write.", "Take in what is on the server: wt pull");
            }
        }

        if (policies && !access.InScope(Permission.PolicyManage))
        {
            return Refusals.ScopeExceeded(Permission.PolicyManage).ToError();
        }

        return policies && !access.Decide(Permission.PolicyManage, branch, null).IsAllowed
            ? new Error("denied", $"The push changes access policies, which needs the permission '{Permission.PolicyManage}'.", "Ask an owner or administrator to make the change.")
            : null;
    }

    /// <summary>Says why the policies of a snapshot cannot come in force: they are invalid, or give more than who pushes holds.</summary>
    public static async Task<Error?> RefusePoliciesAsync(
        TreeAccess access, ObjectGraph graph, ContentHash? before, ContentHash after, bool isRoot, CancellationToken cancellationToken)
    {
        switch (await CompileAsync(graph, after, isRoot, cancellationToken))
        {
            case Compilation.Invalid(var problems):
                return new Error("policy_invalid", problems[0].ToString(), problems.Length > 1 ? $"There are {problems.Length - 1} more problems." : "What is in force stays in force until this is mended.");
            case Compilation.Valid(var policies):
                var known = before is { } root && await CompileAsync(graph, root, isRoot, cancellationToken) is Compilation.Valid(var old) ? old : CompiledPolicies.Empty;
                var more = policies.GivenBeyond(known).Except(access.Held());
                return more.IsEmpty ? null : new Error(
                    "policy_escalation", $"The policies would give '{more.ToNames()[0]}', which you do not hold yourself.", "Nobody can give more than they hold: ask an owner.");
            default:
                throw new InvalidOperationException("A compilation is valid or not.");
        }
    }

    private static async Task<Compilation> CompileAsync(ObjectGraph graph, ContentHash root, bool isRoot, CancellationToken cancellationToken)
    {
        // A nested tree's own files are read as if it were the root: their form does not depend on where it is.
        var reading = isRoot
            ? await PolicyOrigins.ReadRootAsync(graph, root, cancellationToken)
            : await PolicyOrigins.AddTreeAsync(new PolicyReading(new PolicySources(), ImmutableArray<PolicyProblem>.Empty), graph, root, "", cancellationToken);
        return reading.Compile();
    }
}
