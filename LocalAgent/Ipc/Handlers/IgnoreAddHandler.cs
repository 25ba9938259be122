using System.Text;
using W0rktree.Core;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers <c>wt ignore add</c>: writes patterns behind the others. The file is tracked, so it is a change like any other.</summary>
internal static class IgnoreAddHandler
{
    public static HandlerTable AddIgnoreAdd(this HandlerTable table) => table.Add(Methods.IgnoreAdd, IpcJson.Default.IgnoreAddParams, IpcJson.Default.IgnoreAddResult, AddAsync);

    private static async Task<Result<IgnoreAddResult>> AddAsync(RequestContext context, IgnoreAddParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        if (p.Patterns.FirstOrDefault(pattern => pattern.AsSpan().Trim().IsEmpty || pattern.AsSpan().ContainsAny('\n', '\r', '\0')) is { } wrong)
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{wrong}' is not one line with a pattern.");
        }

        var copy = found.Value.Copy;
        var path = Path.Combine(copy.Root, p.Tree ? ".wt-tree" : ".wt", "ignore");
        if (new FileInfo(path).LinkTarget is not null)
        {
            return new Error("refused", $"'{path}' is a symbolic link; what it leads to is not written to.", "Replace it by a file.");
        }

        var text = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : "";
        var there = text.Split('\n').Select(line => line.TrimEnd('\r')).ToHashSet(StringComparer.Ordinal);
        var added = p.Patterns.Where(there.Add).ToList();
        if (added.Count > 0)
        {
            var gap = text.Length == 0 || text.EndsWith('\n') ? "" : "\n";
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes($"{text}{gap}{string.Join('\n', added)}\n"), cancellationToken: cancellationToken);
            await copy.CatchUpAsync(cancellationToken);
        }

        return new IgnoreAddResult(path, added, await CountTrackedAsync(copy, cancellationToken));
    }

    private static async Task<int> CountTrackedAsync(OpenCopy copy, CancellationToken cancellationToken)
    {
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        return copy.Scanner.TrackedThoughIgnored.Count;
    }
}
