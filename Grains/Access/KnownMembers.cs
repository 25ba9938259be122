using System.Collections.Immutable;
using W0rktree.Grains.Access.Policies;

namespace W0rktree.Grains.Access;

/// <summary>Keeps what decisions about a member in a tree are made of, as long as all that it was worked out of is what is stored. Thread-safe.</summary>
/// <remarks>Each finding is looked through again at each use (<see cref="FactTrail.Holds"/>): nothing in it lives by time.</remarks>
internal sealed class KnownMembers
{
    // Of members at work at once; two that fall on one place are worked out anew each time they alternate.
    private const int Places = 1_024;

    private readonly KnownMember?[] _known = new KnownMember?[Places];

    /// <summary>Finds a member who is known, if nothing has changed; null else.</summary>
    public KnownMember? Find(TreeAddress tree, AccountId account) =>
        Volatile.Read(ref PlaceOf(tree, account)) is { } known && known.Account == account && known.Tree == tree && known.Trail.Holds ? known : null;

    /// <summary>Keeps a member in the place of another.</summary>
    public void Keep(KnownMember member)
    {
        if (member.Trail.Holds)
        {
            Volatile.Write(ref PlaceOf(member.Tree, member.Account), member);
        }
    }

    private ref KnownMember? PlaceOf(TreeAddress tree, AccountId account) => ref _known[(uint)HashCode.Combine(tree.Worktree, tree.Tree, account) % Places];
}

/// <summary>Is what decisions about a member in a tree are made of.</summary>
/// <param name="Tree">The tree.</param>
/// <param name="Account">Who.</param>
/// <param name="Trail">What it was worked out of.</param>
/// <param name="Policies">The policies in force; null where they cannot be read.</param>
/// <param name="Principals">The member, as rules see them.</param>
/// <param name="Resource">The tree, as rules see it.</param>
internal sealed record KnownMember(TreeAddress Tree, AccountId Account, FactTrail Trail, CompiledPolicies? Policies, ImmutableArray<Principal> Principals, AccessResource Resource);
