using System.Collections.Immutable;
using System.Text;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Access.Policies;

namespace W0rktree.Grains.Access;

/// <summary>Decides for one caller about one tree, under the policies that were in force when it was opened.</summary>
/// <remarks>Lives as long as one operation, never longer: the next one asks again what is in force.</remarks>
public sealed partial class TreeAccess
{
    private static readonly string[] Seeing = [Permission.TreeRead, Permission.BranchRead, Permission.SnapshotRead, Permission.SyncPull];

    private readonly CompiledPolicies? _policies;
    private readonly ImmutableArray<Principal> _principals;
    private readonly AccessResource _resource;
    private readonly AccessEnvironment _environment;
    private readonly CallerTicket _caller;

    internal TreeAccess(CompiledPolicies? policies, ImmutableArray<Principal> principals, AccessResource resource, AccessEnvironment environment, CallerTicket caller)
    {
        (_policies, _principals, _resource, _environment, _caller) = (policies, principals, resource, environment, caller);
    }

    /// <summary>Gets whether the caller may read every path of the tree, so that nothing has to be looked at path by path.</summary>
    public bool ReadsEverything => !DependsOnPaths && InScope(Permission.TreeRead) && Decide(Permission.TreeRead).IsAllowed;

    /// <summary>Gets whether the caller may know that the tree exists.</summary>
    public bool SeesTree => Seeing.Any(p => Decide(p).IsAllowed) || (DependsOnPaths && _principals.Any(p => p.Tenant == _resource.Tenant));

    /// <summary>Gets whether the caller is of the owning tenant.</summary>
    internal bool IsMember => _principals.Any(p => p.Tenant == _resource.Tenant);

    private bool DependsOnPaths => _policies?.DependsOnPaths ?? false;

    /// <summary>Decides on something that has neither branch nor path.</summary>
    public Verdict Decide(string permission) => Decide(permission, null, null);

    /// <summary>Decides on something that a branch or a path is part of.</summary>
    public Verdict Decide(string permission, BranchName? branch, TreePath? path)
    {
        var resource = ResourceAt(branch, path);
        var answer = PolicyDecision.NothingAllows;
        foreach (var principal in _principals)
        {
            answer = Decide(new AccessQuestion(principal, permission, resource, _environment));
            if (answer.IsAllowed)
            {
                break;
            }
        }

        return answer;
    }

    /// <summary>Tells whether the caller may read a path, and shows a token that was made for it.</summary>
    public bool MayRead(TreePath path) => InScope(Permission.TreeRead) && Decide(Permission.TreeRead, null, path).IsAllowed;

    /// <summary>Lists what the caller may do to the tree as a whole, sorted.</summary>
    public ImmutableArray<string> Permissions() => [.. Permission.All.Where(p => Decide(p).IsAllowed).Order(StringComparer.Ordinal)];

    /// <summary>Gets what the caller holds without naming a branch or a path, by the token that is shown, and so may give to others.</summary>
    internal PermissionSet Held() => PermissionSet.Of(Permissions().Where(InScope));

    /// <summary>Tells whether the token that the caller shows was made for a permission: of what the account may, it does no more than that.</summary>
    internal bool InScope(string permission) => _caller.InScope(permission);

    /// <summary>Describes the tree with a branch or a path in it.</summary>
    /// <remarks>Bytes that are no UTF-8 can match no rule exactly, and what is above them matches as it stands.</remarks>
    private AccessResource ResourceAt(BranchName? branch, TreePath? path) => branch is null && path is null
        ? _resource
        : _resource with { Branch = branch?.Text, Path = path is { } p ? Encoding.UTF8.GetString(p.Bytes) : null };

    /// <summary>Policies that cannot be read let only owners in, who can mend them.</summary>
    private Verdict Decide(AccessQuestion question) => _policies is not null ? PolicyDecision.Decide(_policies, question)
        : question.Principal.Tenant == question.Resource.Tenant && question.Principal.Roles.Contains("owner") ? PolicyDecision.Decide(CompiledPolicies.Empty, question)
        : Verdict.Deny("the policies in force cannot be read");
}
