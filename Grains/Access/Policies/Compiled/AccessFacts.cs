using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Grains.Access.Policies.Compiled;

/// <summary>Holds what follows from a question once: who the principal is to the owning tenant, and the path from the worktree's root.</summary>
internal readonly struct AccessFacts
{
    public AccessFacts(AccessQuestion question, int permissionNumber, TeamTable rootTeams)
    {
        Question = question;
        PermissionNumber = permissionNumber;
        IsMember = question.Principal.Tenant.Length > 0 && question.Principal.Tenant == question.Resource.Tenant;
        MemberRoles = IsMember ? question.Principal.Roles : [];
        Teams = IsMember ? question.Principal.Teams : [];
        TeamRoles = rootTeams.RolesOf(Teams);
        IsPathPermission = question.Permission is Permission.TreeRead or Permission.TreeWrite;
        WholePath = IsPathPermission && question.Resource.Path is { } path ? PolicyPath.Join(question.Resource.Tree, path) : null;
    }

    public AccessQuestion Question { get; }

    public int PermissionNumber { get; }

    /// <summary>Gets whether the principal's tenant is the owning one: roles and teams count only then.</summary>
    public bool IsMember { get; }

    public ImmutableArray<string> MemberRoles { get; }

    public ImmutableArray<string> Teams { get; }

    /// <summary>Gets the roles that the worktree's own teams give, whatever their paths: subjects by role mean these too.</summary>
    public ImmutableArray<string> TeamRoles { get; }

    public bool IsPathPermission { get; }

    /// <summary>Gets the path from the worktree's root; null where the question names none, or is about something else than paths.</summary>
    public string? WholePath { get; }

    /// <summary>Gets whether an allow rule for everybody means this principal.</summary>
    public bool IsEverybodyAllowed => IsMember || Question.Resource.IsPublic;
}
