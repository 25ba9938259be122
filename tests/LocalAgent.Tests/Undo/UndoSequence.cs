using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.Undo;

/// <summary>Does random operations with random edits between them, remembering every state, and takes them back one by one.</summary>
internal sealed class UndoSequence(int seed) : IAsyncDisposable
{
    private static readonly string[] s_paths = ["a", "b", "c.sh", "d/one", "d/two", "d/e/three", "x", "x/deep"];
    private static readonly string[] s_branches = ["main", "red", "blue", "green"];

    private readonly Random _random = new(seed);
    private readonly Stack<(CopyState Before, string What)> _steps = new();
    private readonly List<(ulong Entry, CopyState State)> _after = [];
    private CopyFixture _copy = null!;
    private CopyState _logged = null!;

    /// <summary>Gets how many operations were taken back.</summary>
    public int Undone { get; private set; }

    private ulong Head => _copy.Copy.Store.Reflog.Head.Sequence;

    public async Task RunAsync(int operations)
    {
        _copy = await CopyFixture.CreateAsync();
        Edit();
        await _copy.SnapshotAsync();
        _logged = CopyState.Of(_copy);
        var beginning = Head;
        for (var i = 0; i < operations; i++)
        {
            await StepAsync();
        }

        while (_steps.Count > 0)
        {
            await UndoAsync();
        }

        foreach (var (entry, state) in _after.Where(pair => pair.Entry > beginning).OrderBy(_ => _random.Next()).Take(6))
        {
            var undone = await _copy.Operations.UndoAsync(entry, null, CancellationToken.None);
            Check(undone.IsOk, $"undo --to {entry}: {(undone.IsOk ? "" : undone.Error)}");
            Compare(state, $"the state after entry {entry}");
        }

        var verified = await _copy.Copy.Store.VerifyAsync(null, CancellationToken.None);
        Check(verified.Damage.Count == 0, "the store is damaged");
    }

    public async ValueTask DisposeAsync() => await _copy.DisposeAsync();

    private async Task StepAsync()
    {
        for (var edits = _random.Next(4); edits > 0; edits--)
        {
            Edit();
        }

        if (_random.Next(6) == 0 && _steps.Count > 0)
        {
            await UndoAsync();
            return;
        }

        var before = CopyState.Of(_copy);
        var head = Head;
        var what = await OperateAsync();
        if (Head != head)
        {
            // An automatic snapshot stands for the edits that it holds: before it was what the entry before had left.
            _steps.Push((what == "auto" ? _logged : before, what));
            _logged = CopyState.Of(_copy);
            _after.Add((Head, _logged));
        }
    }

    private async Task<string> OperateAsync()
    {
        var book = new BranchBook(_copy.Copy);
        var name = s_branches[_random.Next(s_branches.Length)];
        switch (_random.Next(8))
        {
            case 0:
                await _copy.SnapshotAsync();
                return "snapshot";
            case 1:
                await _copy.SnapshotAsync(SnapshotKind.Auto);
                return "auto";
            case 2:
                await book.CreateAsync(name, _copy.Copy.Position.Tip!.Value, CancellationToken.None);
                return $"create {name}";
            case 3:
                await book.DeleteAsync(name, CancellationToken.None);
                return $"delete {name}";
            case 4:
                await book.RestoreAsync(name, CancellationToken.None);
                return $"restore branch {name}";
            case 5:
                await _copy.Operations.SwitchAsync(BranchName.Parse(name).Value, null, CancellationToken.None);
                return $"switch {name}";
            case 6 when new Revisions(_copy.Copy).ResolveBranch(name) is { IsOk: true } theirs:
                await _copy.Operations.MergeAsync(theirs.Value, name, null, null, CancellationToken.None);
                return $"merge {name}";
            default:
                var from = await new Revisions(_copy.Copy).ResolveAsync($"@~{_random.Next(2)}", CancellationToken.None);
                var path = TreePath.Parse(s_paths[_random.Next(s_paths.Length)]).Value;
                if (from.IsOk)
                {
                    await _copy.Operations.RestoreAsync(from.Value, [path], null, CancellationToken.None);
                }

                return $"restore {path}";
        }
    }

    private async Task UndoAsync()
    {
        var (before, what) = _steps.Pop();
        var undone = await _copy.Operations.UndoAsync(null, null, CancellationToken.None);
        Check(undone.IsOk, $"undo of '{what}': {(undone.IsOk ? "" : undone.Error)}");
        Compare(before, $"the state before '{what}'");
        _logged = before;
        _after.Add((Head, before));
        Undone++;
    }

    private void Edit()
    {
        var path = _copy.At(s_paths[_random.Next(s_paths.Length)]);
        switch (_random.Next(6))
        {
            case 0 when File.Exists(path):
                File.Delete(path);
                break;
            case 1 when File.Exists(path) && new FileInfo(path).LinkTarget is null && !OperatingSystem.IsWindows():
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) ^ UnixFileMode.UserExecute);
                break;
            case 2:
                MakeWay(path);
                File.CreateSymbolicLink(path, $"target-{_random.Next(5)}");
                break;
            default:
                MakeWay(path);
                File.WriteAllText(path, string.Concat(Enumerable.Range(0, 8).Select(i => $"line {i} {_random.Next(3)}\n")));
                break;
        }
    }

    /// <summary>A file takes the place of a folder, and the other way round.</summary>
    private void MakeWay(string path)
    {
        for (var parent = Path.GetDirectoryName(path)!; parent.Length > _copy.Root.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (File.Exists(parent) || new FileInfo(parent).LinkTarget is not null)
            {
                File.Delete(parent);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        File.Delete(path);
    }

    private void Compare(CopyState expected, string what)
    {
        var actual = CopyState.Of(_copy);
        Check(expected.Files == actual.Files, $"{what}: the files differ.\nexpected:\n{expected.Files}\nthere are:\n{actual.Files}");
        Check(expected.Refs == actual.Refs, $"{what}: the references differ.\nexpected:\n{expected.Refs}\nthere are:\n{actual.Refs}");
    }

    private void Check(bool holds, string message) => Assert.True(holds, $"seed {seed}: {message}\nsteps: {string.Join("; ", _steps.Reverse().Select(step => step.What))}");
}
