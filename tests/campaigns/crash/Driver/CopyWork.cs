using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Snapshots;

namespace W0rktree.CrashDriver;

/// <summary>
/// What the agent does in a working directory: a snapshot of edits, and a switch over them to a branch that has other files,
/// folders in the place of files, links and executables. The start after a crash is the agent's own.
/// </summary>
internal sealed class CopyWork : IWork
{
    private const string Side = "side";
    private SortedDictionary<string, string> _edited = [];
    private SortedDictionary<string, string> _side = [];

    public IReadOnlyList<string> Operations { get; } = ["record", "switch"];

    public async Task PrepareAsync(string operation, string folder)
    {
        var work = AgentCopy.MakeFolder(folder);
        await using (var copy = await AgentCopy.StartAsync(folder))
        {
            WorkingFiles.WriteFirst(work);
            await SnapshotAsync(copy, "first");
            var branch = await new BranchBook(copy.Copy).CreateAsync(Side, copy.Copy.Position.Tip!.Value, default);
            AgentCopy.Require(branch.IsOk, "the branch was not made");
            await SwitchAsync(copy, Side);
            WorkingFiles.WriteSide(work);
            await SnapshotAsync(copy, Side);
            _side = WorkingFiles.Read(work);
            await SwitchAsync(copy, "main");
        }

        WorkingFiles.Edit(work);
        _edited = WorkingFiles.Read(work);
    }

    public async Task RunAsync(string operation, string folder, string acknowledgements)
    {
        await using var copy = await AgentCopy.StartAsync(folder, wasCutOff: false);
        var said = operation == "record" ? $"{await SnapshotAsync(copy, "edits")}" : await SwitchAsync(copy, Side);
        await File.AppendAllTextAsync(acknowledgements, $"{said}\n");
    }

    public async Task RecoverAsync(string folder)
    {
        await using var copy = await AgentCopy.StartAsync(folder);
    }

    public async Task<string?> ProblemAsync(string operation, string folder, string[] acknowledged)
    {
        await using var started = await AgentCopy.StartAsync(folder);
        var copy = started.Copy;
        if (copy.Store.Recovery.Damage.Count > 0)
        {
            return $"recovery reports damage: {copy.Store.Recovery.Damage[0]}";
        }

        var files = WorkingFiles.Read(copy.Root);
        var (branch, tip) = copy.Position;
        var isSide = branch.Text == Side;
        if (!Same(files, isSide ? _side : _edited))
        {
            return $"on {branch} the files are {Describe(files)}";
        }

        if (!Same(files, await FilesOfAsync(started, tip!.Value)))
        {
            return $"on {branch} the tip has {Describe(await FilesOfAsync(started, tip.Value))}, the directory {Describe(files)}";
        }

        if (!Same(_edited, await FilesOfAsync(started, copy.Refs.LineOf(copy.Identity.CopyId, BranchName.Main)!.Value)))
        {
            return "no snapshot of main has the edits";
        }

        if (operation == "switch" && acknowledged.Length > 0 && !isSide)
        {
            return $"the switch was acknowledged, and the copy is on {branch}";
        }

        HashSet<string> line = [];
        for (SnapshotId? next = tip; next is { } id && line.Add(id.ToString());)
        {
            var snapshot = await copy.Graph.ReadSnapshotAsync(id, default);
            next = snapshot.Parents.IsEmpty ? null : snapshot.Parents[0];
        }

        if (operation == "record" && acknowledged.FirstOrDefault(id => !line.Contains(id)) is { } lost)
        {
            return $"snapshot {lost} was acknowledged, and the line does not have it";
        }

        var report = await copy.Store.VerifyAsync(null, default);
        return report.IsHealthy ? null : $"not healthy: {report.Damage[0]}";
    }

    private static bool Same(SortedDictionary<string, string> left, SortedDictionary<string, string> right) => left.SequenceEqual(right);

    private static string Describe(SortedDictionary<string, string> files) => string.Join(' ', files.Select(file => $"{file.Key}={file.Value}"));

    private static async Task<SnapshotId> SnapshotAsync(AgentCopy copy, string message)
    {
        var made = await copy.Operations.SnapshotAsync(new SnapshotRequest(SnapshotKind.Manual, message, "test"), null, default);
        return made is { IsOk: true, Value.Snapshot: { } snapshot } ? snapshot.Id : throw new IOException(made.IsOk ? "no snapshot was made" : made.Error.ToString());
    }

    private static async Task<string> SwitchAsync(AgentCopy copy, string branch)
    {
        var switched = await copy.Operations.SwitchAsync(BranchName.Parse(branch).Value, null, default);
        return switched.IsOk && switched.Value.Files.Kept.Count == 0 ? branch : throw new IOException(switched.IsOk ? "files were kept" : switched.Error.ToString());
    }

    private static async Task<SortedDictionary<string, string>> FilesOfAsync(AgentCopy started, SnapshotId tip)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        var root = (await started.Copy.Graph.ReadSnapshotAsync(tip, default)).Root;
        foreach (var change in await DirectoryDiff.CompareAsync(started.Copy.Graph, null, root, default))
        {
            files[change.Path.ToString()] = WorkingFiles.Describe(change.New!.Kind, change.New.Hash);
        }

        return files;
    }
}
