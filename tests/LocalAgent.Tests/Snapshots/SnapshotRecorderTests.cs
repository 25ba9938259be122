using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.TestKit;

namespace W0rktree.LocalAgent.Tests.Snapshots;

public sealed class SnapshotRecorderTests : IAsyncLifetime
{
    private CopyFixture _copy = null!;

    public async Task InitializeAsync() => _copy = await CopyFixture.CreateAsync();

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task A_snapshot_holds_every_file_with_its_kind_and_content()
    {
        _copy.Write("a.txt", "one");
        _copy.Write("d/run", "two");
        File.SetAttributes(_copy.At("d/run"), FileAttributes.Normal);
        using (var chmod = System.Diagnostics.Process.Start("chmod", ["+x", _copy.At("d/run")]))
        {
            await chmod.WaitForExitAsync();
        }

        File.CreateSymbolicLink(_copy.At("link"), "a.txt");
        Directory.CreateDirectory(_copy.At("empty"));
        var outcome = await _copy.SnapshotAsync();
        var files = await _copy.FilesOfAsync(outcome.Snapshot!.Id);
        Assert.Equal(["a.txt", "d/run", "link"], files.Keys);
        Assert.Equal([EntryKind.File, EntryKind.Executable, EntryKind.Symlink], files.Values.Select(entry => entry.Kind));
        Assert.Equal(ContentHash.OfContent("one"u8), files["a.txt"].Hash);
        Assert.Equal(ContentHash.OfContent("a.txt"u8), files["link"].Hash);
        Assert.Equal(outcome.Snapshot.Id, _copy.Copy.Refs.Get(StoreRefs.Line(_copy.Copy.Identity.CopyId, BranchName.Main)));
        Assert.Equal(outcome.Snapshot.Id, _copy.Copy.Refs.Get(StoreRefs.Branch(BranchName.Main)));
        Assert.NotNull(_copy.Copy.Store.Get(StoreRefs.QueueTable, StoreRefs.StageEntry(_copy.Copy.Identity.CopyId, BranchName.Main)));
        Assert.Equal("snapshot", _copy.Copy.Store.Reflog.NewestFirst().First().Operation);
    }

    [Fact]
    public async Task Where_nothing_changed_there_is_no_snapshot()
    {
        _copy.Write("a", "one");
        await _copy.SnapshotAsync();
        File.SetLastWriteTimeUtc(_copy.At("a"), DateTime.UnixEpoch);
        var outcome = await _copy.SnapshotAsync(SnapshotKind.Auto);
        Assert.Null(outcome.Snapshot);
        Assert.Empty(_copy.Copy.Index.Pending);
    }

    [Fact]
    public async Task One_edit_writes_its_content_the_directories_above_it_and_the_snapshot_and_nothing_else()
    {
        for (var i = 0; i < 300; i++)
        {
            _copy.Write($"d{i % 10}/e{i % 7}/f{i}", $"{i}");
        }

        await _copy.SnapshotAsync();
        var before = _copy.Copy.Store.ObjectCount;
        _copy.Write("d3/e3/f3", "another");
        var outcome = await _copy.SnapshotAsync();
        Assert.Equal("d3/e3/f3", Assert.Single(outcome.Changes).Path.ToString());
        Assert.Equal(before + 5, _copy.Copy.Store.ObjectCount); // content, e3, d3, root, snapshot
    }

    [Fact]
    public async Task An_edit_of_the_same_size_in_the_same_tick_is_not_missed()
    {
        _copy.Write("a", "one");
        await _copy.SnapshotAsync();
        for (var i = 0; i < 50; i++)
        {
            var text = $"{i:000}";
            _copy.Write("a", text);
            var outcome = await _copy.SnapshotAsync(SnapshotKind.Auto);
            Assert.Equal(ContentHash.OfContent(Encoding.UTF8.GetBytes(text)), (await _copy.FilesOfAsync(outcome.Snapshot!.Id))["a"].Hash);
        }
    }

    [Fact]
    public async Task Each_way_to_change_a_path_is_recorded_as_what_it_is()
    {
        foreach (var name in new[] { "modified", "deleted", "mode", "type", "to-folder", "folder/to-file" })
        {
            _copy.Write(name, name);
        }

        await _copy.SnapshotAsync();
        _copy.Write("modified", "other");
        File.Delete(_copy.At("deleted"));
        using (var chmod = System.Diagnostics.Process.Start("chmod", ["+x", _copy.At("mode")]))
        {
            await chmod.WaitForExitAsync();
        }

        File.Delete(_copy.At("type"));
        File.CreateSymbolicLink(_copy.At("type"), "modified");
        File.Delete(_copy.At("to-folder"));
        _copy.Write("to-folder/inside", "x");
        Directory.Delete(_copy.At("folder"), recursive: true);
        _copy.Write("folder", "now a file");
        _copy.Write("added", "x");
        var outcome = await _copy.SnapshotAsync();
        Assert.Equal(
            [
                "added added", "deleted deleted", "added folder", "deleted folder/to-file", "mode_changed mode",
                "modified modified", "deleted to-folder", "added to-folder/inside", "type_changed type",
            ],
            outcome.Changes.Select(change => $"{change.Type.Text} {change.Path}"));

        // The index says the same as a comparison of the two trees.
        var tip = await _copy.Copy.Graph.ReadSnapshotAsync(outcome.Snapshot!.Id, CancellationToken.None);
        var parent = await _copy.Copy.Graph.ReadSnapshotAsync(tip.Parents[0], CancellationToken.None);
        var compared = await DirectoryDiff.CompareAsync(_copy.Copy.Graph, parent.Root, tip.Root, CancellationToken.None);
        Assert.Equal(compared.Select(change => $"{change.Type.Text} {change.Path}"), outcome.Changes.Select(change => $"{change.Type.Text} {change.Path}"));
    }

    [Fact]
    public async Task A_folder_that_was_a_file_meanwhile_brings_nothing_of_the_old_folder_back()
    {
        _copy.Write("c/a/old", "x");
        await _copy.SnapshotAsync();
        Directory.Delete(_copy.At("c"), recursive: true);
        _copy.Write("c", "a file");
        await _copy.SnapshotAsync();
        File.Delete(_copy.At("c"));
        _copy.Write("c/b/new", "x");
        var outcome = await _copy.SnapshotAsync();
        Assert.Equal(["c/b/new"], (await _copy.FilesOfAsync(outcome.Snapshot!.Id)).Keys);
    }

    [Fact]
    public async Task Each_scan_lists_the_root_anew()
    {
        _copy.Write("a", "one");
        await _copy.SnapshotAsync();
        _copy.Copy.Scanner.ScanAll(CancellationToken.None);
        Assert.Empty(_copy.Copy.Index.Pending);
    }

    [Fact]
    public async Task A_random_history_of_edits_is_recorded_as_an_independent_walk_sees_it()
    {
        var seed = Seed.OfThisRun;
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            for (var i = 0; i < 10; i++)
            {
                Mutate(random);
            }

            await _copy.SnapshotAsync();
            var recorded = await _copy.FilesOfAsync(_copy.Copy.Position.Tip!.Value);
            var expected = Walk().ToArray();
            var actual = recorded.Select(pair => $"{pair.Key} {pair.Value.Hash}").ToArray();
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}, round {round}: missing {string.Join(", ", expected.Except(actual))}; too much {string.Join(", ", actual.Except(expected))}");
        }
    }

    [Fact]
    public async Task Ignored_files_stay_out_and_files_of_the_tip_stay_in()
    {
        _copy.Write("tracked.log", "one");
        await _copy.SnapshotAsync();
        _copy.Write(".wt/ignore", "*.log\nbuild/\n");
        _copy.Write("other.log", "x");
        _copy.Write("build/out", "x");
        _copy.Write("sub/node_modules/x", "x");
        _copy.Write(".git/config", "x");
        _copy.Write("tracked.log", "two");
        var outcome = await _copy.SnapshotAsync();
        var files = await _copy.FilesOfAsync(outcome.Snapshot!.Id);
        Assert.Equal([".wt/ignore", "tracked.log"], files.Keys);
        Assert.Equal(ContentHash.OfContent("two"u8), files["tracked.log"].Hash);
    }

    [Fact]
    public async Task A_worktree_inside_is_its_own_business()
    {
        _copy.Write("a", "one");
        _copy.Write("inner/.wt/state/copy.json", "{}");
        _copy.Write("inner/file", "x");
        var outcome = await _copy.SnapshotAsync();
        Assert.Equal(["a"], (await _copy.FilesOfAsync(outcome.Snapshot!.Id)).Keys);
    }

    [Fact]
    public async Task A_root_that_went_away_is_not_recorded_as_a_deletion_of_everything()
    {
        _copy.Write("a", "one");
        await _copy.SnapshotAsync();
        Directory.Move(_copy.Root, _copy.Root + "-moved");
        using (var turn = await _copy.Copy.Turns.TakeAsync(CancellationToken.None))
        {
            var outcome = await _copy.Recorder.RecordAsync(turn, new(SnapshotKind.Auto, null, "test"), null, CancellationToken.None);
            Assert.Equal("worktree_gone", outcome.Error.Code);
        }

        Directory.Move(_copy.Root + "-moved", _copy.Root);
    }

    private void Mutate(Random random)
    {
        var path = $"{(char)('a' + random.Next(3))}/{(char)('a' + random.Next(3))}/{(char)('a' + random.Next(4))}";
        var cut = path[..(1 + (2 * random.Next(3)))];
        switch (random.Next(4))
        {
            case 0 when Directory.Exists(_copy.At(cut)):
                Directory.Delete(_copy.At(cut), recursive: true);
                break;
            case 1 when File.Exists(_copy.At(cut)):
                File.Delete(_copy.At(cut));
                break;
            default:
                for (var parent = Path.GetDirectoryName(cut); !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
                {
                    if (File.Exists(_copy.At(parent)))
                    {
                        File.Delete(_copy.At(parent));
                    }
                }

                if (!Directory.Exists(_copy.At(cut)))
                {
                    _copy.Write(cut, random.Next(5).ToString());
                }

                break;
        }
    }

    private IEnumerable<string> Walk() =>
        Directory.EnumerateFiles(_copy.Root, "*", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(_copy.Root, file), File: file))
            .Where(item => !item.Path.StartsWith(".wt/", StringComparison.Ordinal))
            .OrderBy(item => item.Path, StringComparer.Ordinal)
            .Select(item => $"{TreePath.Parse(item.Path).Value} {ContentHash.OfContent(File.ReadAllBytes(item.File))}");
}
