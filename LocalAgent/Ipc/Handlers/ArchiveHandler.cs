using System.Text;
using W0rktree.Core;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Archiving;
using W0rktree.LocalAgent.Branches;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers <c>archive</c>: the archive's bytes as events.</summary>
internal static class ArchiveHandler
{
    public static HandlerTable AddArchive(this HandlerTable table) => table.Add(Methods.Archive, IpcJson.Default.ArchiveParams, IpcJson.Default.ArchiveResult, ArchiveAsync);

    private static async Task<Result<ArchiveResult>> ArchiveAsync(RequestContext context, ArchiveParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var id = await new Revisions(copy).ResolveAsync(p.Revision, cancellationToken);
        var path = p.Path is { } text ? PathsInTree.Parse(copy.Root, text) : TreePath.Root;
        if (!id.IsOk || !path.IsOk)
        {
            return id.IsOk ? path.Error : id.Error;
        }

        if (Prefix(p.Prefix) is not { IsOk: true, Value: var prefix })
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{p.Prefix}' cannot stand before names in an archive: it has to lead below the folder it is unpacked in.", "As in --prefix project-1.0/");
        }

        await using var output = new PieceStream((piece, token) => context.SendAsync(new ContentEvent(piece.ToArray()), IpcJson.Default.ContentEvent, token));
        return await new ArchiveQuery(copy.Store).RunAsync(id.Value, path.Value, p.Format, prefix, output, cancellationToken);
    }

    /// <summary>An archive must not write outside of where it is unpacked, so a prefix obeys the rules of paths.</summary>
    private static Result<byte[]> Prefix(string? text)
    {
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        var folder = bytes.AsSpan().TrimEnd((byte)'/');
        return TreePath.Parse(folder) is { IsOk: false, Error: var error } ? error : bytes;
    }
}
