using Microsoft.AspNetCore.Mvc;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Staged work.</summary>
internal static class StagedRoutes
{
    private const int MaxPaths = 1_000;

    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/worktrees/{owner}/{name}/staged").WithTags("staged");
        routes.MapGet("", ListAsync).WithName("list_staged").WithSummary("List who works on what, newest first");
        routes.MapDelete("/{copy}", ClearAsync).WithName("clear_staged").WithSummary("Take the staged work of one of your working copies back");
    }

    private static async Task<Page<StagedAnswer>> ListAsync(
        string owner, string name, string? tree, [FromQuery(Name = "include_ended")] bool? includeEnded, string? cursor, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var staging = Staging(grains, (await names.WorktreeAsync(grains, owner, name, context.RequestAborted)).Tree(tree));
        var query = new StagedQuery { From = Cursors.ReadNumber(cursor), IncludeEnded = includeEnded == true };
        var page = (await staging.ListAsync(query, context.RequestAborted)).OrRefuse();
        var items = new List<StagedAnswer>();
        foreach (var view in page.Entries)
        {
            var paths = view.State == StagedState.Staged ? await PathsAsync(staging, view, context.RequestAborted) : [];
            items.Add(StagedAnswer.Of(view, paths));
        }

        return new Page<StagedAnswer>(items, page.Next == 0 ? null : Cursors.Write($"{page.Next}"));
    }

    private static async Task<ClearedAnswer> ClearAsync(
        string owner, string name, string copy, string? tree, string? branch, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var staging = Staging(grains, (await names.WorktreeAsync(grains, owner, name, context.RequestAborted)).Tree(tree));
        var key = new StagedKey { Copy = Wire.CopyOrNone(copy), Branch = string.IsNullOrEmpty(branch) ? default : Wire.Branch(branch) };
        return new ClearedAnswer((await staging.ClearAsync(key, context.RequestAborted)).OrRefuse().Cleared);
    }

    private static IStagingAggregatorGrain Staging(IGrainFactory grains, TreeAddress tree) => grains.GetGrain<IStagingAggregatorGrain>(GrainKeys.Tree(tree));

    private static async Task<IReadOnlyList<StagedPath>> PathsAsync(IStagingAggregatorGrain staging, StagedView view, CancellationToken cancellationToken)
    {
        var (paths, from) = (new List<StagedPath>(), 0);
        do
        {
            var query = new StagedPathQuery { Account = view.Account, Key = new StagedKey { Copy = view.Copy, Branch = view.Branch }, From = from };
            if (!(await staging.ListPathsAsync(query, cancellationToken)).TryGet(out var page, out _))
            {
                break; // Ended since the list was read.
            }

            paths.AddRange(page.Paths);
            from = page.Next;
        }
        while (from > 0 && paths.Count < MaxPaths);
        return paths;
    }
}

/// <summary>Somebody's staged work.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Copy">The working copy.</param>
/// <param name="Branch">The branch it works on.</param>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Base">The branch's snapshot that it builds on; absent for none.</param>
/// <param name="State"><c>staged</c>, <c>pushed</c>, <c>cleared</c> or <c>expired</c>.</param>
/// <param name="StagedAt">When it last changed.</param>
/// <param name="ChangeCount">How many paths it changes.</param>
/// <param name="Changes">The first of them.</param>
internal sealed record StagedAnswer(
    string Account, string Copy, string Branch, string Snapshot, string? Base, string State, DateTimeOffset StagedAt, int ChangeCount, IReadOnlyList<ChangeAnswer> Changes)
{
    public static StagedAnswer Of(StagedView view, IEnumerable<StagedPath> paths) => new(
        view.AccountSlug, view.Copy.ToString(), view.Branch.Text, view.Snapshot.ToString(), view.Base.IsZero ? null : view.Base.ToString(),
        StagingMessages.TextOf(view.State), view.UpdatedAt, view.PathCount, [.. paths.Select(Describe)]);

    private static ChangeAnswer Describe(StagedPath path) => new(
        path.Path.ToString(), StagingMessages.TextOf(path.Change), path.Class, path.OldPath.IsRoot ? null : path.OldPath.ToString(), TextOf(path.OldHash), TextOf(path.NewHash), null);

    private static string? TextOf(ContentHash hash) => hash.IsZero ? null : hash.ToString();
}

/// <summary>How much was taken back.</summary>
/// <param name="Cleared">The number of entries.</param>
internal sealed record ClearedAnswer(int Cleared);
