using System.Collections.Immutable;
using Grpc.Core;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Protocol.Grpc;

namespace W0rktree.Silo.Front;

/// <summary>Grants to other tenants.</summary>
internal sealed partial class WorktreesService
{
    /// <inheritdoc/>
    public override async Task<ListGrantsReply> ListGrants(ListGrantsRequest request, ServerCallContext context)
    {
        var list = (await Worktree(request.Tree).ListGrantsAsync(context.CancellationToken)).OrRefuse();
        var reply = new ListGrantsReply();
        reply.Grants.AddRange(list.Grants.Select(Describe));
        return reply;
    }

    /// <inheritdoc/>
    public override async Task<GrantInfo> GiveGrant(GiveGrantRequest request, ServerCallContext context)
    {
        var worktree = Worktree(request.Tree);

        // Who may not give anything must not learn from here which tenants exist.
        _ = (await worktree.ListGrantsAsync(context.CancellationToken)).OrRefuse();
        var grant = new TenantGrant
        {
            Id = request.Id,
            Tenant = await names.TenantIdAsync(request.Account, context.CancellationToken),
            Slug = request.Account,
            Level = LevelOf(request.Level),
            Trees = request.OnlyTrees ? [.. request.Trees] : null,
            Paths = request.OnlyPaths ? [.. request.Paths] : null,
            Expires = request.ExpiresUnixMs == 0 ? null
                : request.ExpiresUnixMs is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(request.ExpiresUnixMs) : throw Replies.Invalid("The time is not one of this calendar."),
        };
        return Describe((await worktree.GiveGrantAsync(new GiveGrant { Grant = grant }, context.CancellationToken)).OrRefuse());
    }

    /// <inheritdoc/>
    public override async Task<EndGrantReply> EndGrant(EndGrantRequest request, ServerCallContext context)
    {
        var id = request.Id.Length == 32 ? request.Id : throw Replies.Invalid("A grant's id is 32 lower-case hexadecimal digits.");
        _ = (await Worktree(request.Tree).EndGrantAsync(new EndGrant { Id = id }, context.CancellationToken)).OrRefuse();
        return new EndGrantReply();
    }

    /// <summary>Reads a level, or ends the call.</summary>
    internal static GrantLevel LevelOf(string level) => level switch
    {
        "read" => GrantLevel.Read,
        "write" => GrantLevel.Write,
        "admin" => GrantLevel.Admin,
        _ => throw Replies.Invalid("A level is one of read, write and admin."),
    };

    private IWorktreeGrain Worktree(TreeRef tree)
    {
        var address = Wire.Tree(tree);
        return grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(address.Tenant, address.Worktree));
    }

    private static GrantInfo Describe(TenantGrant grant)
    {
        var info = new GrantInfo
        {
            Id = grant.Id, Tenant = grant.Slug, Level = grant.Level.ToString().ToLowerInvariant(), OnlyTrees = grant.Trees is not null, OnlyPaths = grant.Paths is not null,
            ExpiresUnixMs = grant.Expires?.ToUnixTimeMilliseconds() ?? 0, GivenBy = grant.GivenBy, GivenUnixMs = grant.GivenAt.ToUnixTimeMilliseconds(),
        };
        info.Trees.AddRange(grant.Trees ?? ImmutableArray<string>.Empty);
        info.Paths.AddRange(grant.Paths ?? ImmutableArray<string>.Empty);
        return info;
    }
}
