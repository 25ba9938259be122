using System.Text;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Native;

namespace W0rktree.LocalAgent.Tests.WorkingCopy;

public sealed class AtomicPlacementTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PosixWorkingDirectory _files;

    public AtomicPlacementTests()
    {
        Directory.CreateDirectory(_folder.At("work"));
        _files = new PosixWorkingDirectory(_folder.At("work"), StateLayout.Default, TimeProvider.System);
    }

    [Fact]
    public async Task A_new_file_appears_whole_with_its_folders_and_its_execute_bit()
    {
        Assert.NotNull(await PlaceAsync("a/b/run", "#!/bin/sh\n", null, EntryKind.Executable));
        Assert.Equal("#!/bin/sh\n", Read("a/b/run"));
        Assert.Equal(FoundKind.Executable, _files.Look(Path("a/b/run"))!.Value.Kind);
        Assert.Empty(Directory.GetFiles(At(".wt/state/tmp")));
    }

    [Fact]
    public async Task Nothing_that_appeared_meanwhile_is_overwritten()
    {
        Write("a", "theirs");
        Assert.Null(await PlaceAsync("a", "ours", null));
        Assert.Equal("theirs", Read("a"));
        Assert.Empty(Directory.GetFiles(At(".wt/state/tmp")));
    }

    [Fact]
    public async Task A_file_that_was_edited_since_it_was_looked_at_stays()
    {
        Write("a", "one");
        var seen = _files.Look(Path("a"))!.Value.Stamp;
        Write("a", "edited");
        Assert.Null(await PlaceAsync("a", "ours", seen));
        Assert.False(_files.Remove(Path("a"), seen));
        Assert.Equal("edited", Read("a"));
    }

    [Fact]
    public async Task A_file_that_is_as_it_was_is_replaced_and_removed()
    {
        Write("a", "one");
        Assert.NotNull(await PlaceAsync("a", "two", _files.Look(Path("a"))!.Value.Stamp));
        Assert.Equal("two", Read("a"));
        Assert.True(_files.Remove(Path("a"), _files.Look(Path("a"))!.Value.Stamp));
        Assert.False(File.Exists(At("a")));
        Assert.Empty(Directory.GetFiles(At(".wt/state/tmp")));
    }

    [Fact]
    public async Task A_symlink_is_placed_as_such_and_never_written_through()
    {
        File.WriteAllText(_folder.At("outside"), "secret");
        File.CreateSymbolicLink(At("link"), "../outside");
        var seen = _files.Look(Path("link"))!.Value;
        Assert.Equal(FoundKind.Symlink, seen.Kind);
        Assert.NotNull(await PlaceAsync("link", "now a file", seen.Stamp));
        Assert.Null(new FileInfo(At("link")).LinkTarget);
        Assert.Equal("secret", File.ReadAllText(_folder.At("outside")));
        Assert.NotNull(await PlaceAsync("link2", "../outside", null, EntryKind.Symlink));
        Assert.Equal("../outside", new FileInfo(At("link2")).LinkTarget);
        Assert.Equal("../outside", Encoding.UTF8.GetString(_files.ReadLink(Path("link2"))!));
    }

    [Fact]
    public async Task A_folder_that_is_a_symlink_to_elsewhere_takes_no_file()
    {
        Directory.CreateDirectory(_folder.At("elsewhere"));
        File.WriteAllText(_folder.At("elsewhere/f"), "theirs");
        File.CreateSymbolicLink(At("d"), _folder.At("elsewhere"));
        Assert.Null(await PlaceAsync("d/f", "ours", null));
        Assert.Null(_files.Look(Path("d/f")));
        Assert.Null(_files.Open(Path("d/f")));
        Assert.Null(_files.List(Path("d")));
        Assert.Equal("theirs", File.ReadAllText(_folder.At("elsewhere/f")));
    }

    [Fact]
    public async Task A_folder_that_is_swapped_for_a_symlink_all_the_time_lets_nothing_out()
    {
        Directory.CreateDirectory(_folder.At("elsewhere"));
        Directory.CreateDirectory(At("d"));
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(At("d"), At("aside"));
                File.CreateSymbolicLink(At("d"), _folder.At("elsewhere"));
                File.Delete(At("d"));
                Directory.Move(At("aside"), At("d"));
            }
        });
        for (var i = 0; i < 2_000; i++)
        {
            try
            {
                _ = await PlaceAsync($"d/f{i}", "ours", null);
            }
            catch (IOException)
            {
                // The folder was away in that moment.
            }
        }

        await stop.CancelAsync();
        try
        {
            await swapping;
        }
        catch (IOException)
        {
            // A placement made the missing folder anew in between; the swap then finds its name taken.
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("elsewhere")));
    }

    [Theory]
    [InlineData("\\xff\\xfe")]
    [InlineData("two\\x0alines")]
    [InlineData("-rf")]
    [InlineData("\\x1b[31m")]
    public async Task Names_of_any_bytes_are_listed_read_and_written(string name)
    {
        Assert.NotNull(await PlaceAsync(name, "x", null));
        Assert.Equal(name, Assert.Single(_files.List(TreePath.Root)!.Entries, entry => entry.Entry.Kind == FoundKind.File).Name.ToString());
        using var file = _files.Open(Path(name));
        Assert.NotNull(file);
    }

    [Fact]
    public async Task The_longest_name_fits()
    {
        var name = new string('n', 255);
        Assert.NotNull(await PlaceAsync(name, "x", null));
        Assert.Equal("x", Read(name));
    }

    [Fact]
    public void A_pipe_does_not_hang_the_reader()
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", At("pipe"));
        made.WaitForExit();
        Assert.Equal(FoundKind.Other, _files.Look(Path("pipe"))!.Value.Kind);
        Assert.Null(_files.Open(Path("pipe")));
    }

    [Fact]
    public void The_execute_bit_is_set_only_on_the_expected_file()
    {
        Write("a", "x");
        var seen = _files.Look(Path("a"))!.Value.Stamp;
        Assert.NotNull(_files.SetExecutable(Path("a"), executable: true, seen));
        Assert.Equal(FoundKind.Executable, _files.Look(Path("a"))!.Value.Kind);
        Assert.Null(_files.SetExecutable(Path("a"), executable: false, seen));
    }

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    private Task<FileStamp?> PlaceAsync(string path, string text, FileStamp? expected, EntryKind kind = EntryKind.File) =>
        _files.PlaceAsync(Path(path), kind, Pieces(text), expected, CancellationToken.None);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(string text)
    {
        foreach (var part in new[] { text[..(text.Length / 2)], text[(text.Length / 2)..] })
        {
            await Task.Yield();
            yield return Encoding.UTF8.GetBytes(part);
        }
    }

    private string At(string relative) => System.IO.Path.Combine(_folder.At("work"), relative);

    private void Write(string relative, string text) => File.WriteAllText(At(relative), text);

    private string Read(string relative) => File.ReadAllText(At(relative));

    private static TreePath Path(string text) => TreePath.Parse(text).Value;
}
