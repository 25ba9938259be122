using W0rktree.Core;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Puts the versions of conflicted files where a merge tool can read them. The tool itself runs in the user's terminal.</summary>
internal static class MergeToolHandler
{
    public static async Task<Result<ResolveVersionsResult>> VersionsAsync(RequestContext context, ResolveVersionsParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var paths = PathsInTree.Parse(copy.Root, p.Paths);
        if (!paths.IsOk)
        {
            return paths.Error;
        }

        // Somebody who has just written it down should not be told that it is missing.
        copy.Config.Reload();
        var command = CommandOf(copy.Config.Current);
        var conflicts = copy.Position.Tip is { } tip ? (await copy.Graph.ReadSnapshotAsync(tip, cancellationToken)).Conflicts : [];
        var files = new List<ConflictFiles>();
        foreach (var conflict in conflicts.DistinctBy(c => c.Path).Where(c => IsOfFiles(c) && (paths.Value.Count == 0 || paths.Value.Any(c.Path.IsAtOrBelow))))
        {
            var folder = Directory.CreateDirectory(Path.Combine(p.Folder, $"{files.Count + 1}")).FullName;
            async Task<string> WriteAsync(string side, ConflictSide? version)
            {
                // The name's end tells editors what language it is.
                var path = Path.Combine(folder, $"{side}-{Path.GetFileName(conflict.Path.ToString())}");
                await using var file = File.Create(path);
                if (version is not null)
                {
                    await copy.Store.Content.CopyToAsync(version.Hash, file, cancellationToken);
                }

                return path;
            }

            files.Add(new ConflictFiles(
                conflict.Path.ToString(), Path.Combine(copy.Root, conflict.Path.ToString()),
                await WriteAsync("base", conflict.Base), await WriteAsync("ours", conflict.Ours), await WriteAsync("theirs", conflict.Theirs)));
        }

        return new ResolveVersionsResult(copy.Root, command, files);
    }

    /// <summary>Gives the tool that the user's own configuration names, or null.</summary>
    internal static string? CommandOf(Settings settings) => settings.Text("merge.tool.command");

    private static bool IsOfFiles(Conflict conflict) =>
        new[] { conflict.Base, conflict.Ours, conflict.Theirs }.All(side => side is null || side.Kind.IsFile) && (conflict.Ours ?? conflict.Theirs) is not null;
}
