using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Native;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.Tests.WorkingCopy;

/// <summary>A slice of <c>tests/campaigns/symlink-swap</c>, which sets <c>WT_SWAPS</c>.</summary>
public sealed class SymlinkSwapTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wt-swap-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_and_a_symlink_that_change_places_all_the_time_let_nothing_out()
    {
        var wanted = int.TryParse(Environment.GetEnvironmentVariable("WT_SWAPS"), out var set) ? set : 5_000;
        var (root, outside) = (Path.Combine(_folder, "root"), Path.Combine(_folder, "outside"));
        Directory.CreateDirectory(Path.Combine(root, "d"));
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "theirs"), "theirs");
        File.CreateSymbolicLink(Path.Combine(root, "link"), outside);
        using var files = new PosixWorkingDirectory(root, StateLayout.Default, TimeProvider.System);
        var swaps = 0;
        var swapping = Task.Run(() =>
        {
            using var folder = LibC.OpenFolder(root);
            for (; swaps < wanted; Volatile.Write(ref swaps, swaps + 1))
            {
                LibC.RenameAt(folder, "d"u8, folder, "link"u8, RenameMode.Exchange);
            }
        });

        int written = 0, refused = 0;
        while (!swapping.IsCompleted)
        {
            var path = TreePath.Parse($"d/{(written % 2 == 0 ? "theirs" : $"f{written % 100}")}").Value;
            try
            {
                var stood = files.Look(path)?.Stamp;
                if (stood is { } old && written % 3 == 0)
                {
                    _ = files.Remove(path, old);
                    stood = null;
                }

                var placed = files.Place(path, EntryKind.File, "ours"u8, stood);
                (written, refused) = placed is null ? (written, refused + 1) : (written + 1, refused);
            }
            catch (NativeIOException)
            {
                refused++; // The symlink stood there in that moment.
            }
        }

        await swapping;
        files.DropReplaced();
        Assert.Equal("theirs", await File.ReadAllTextAsync(Path.Combine(outside, "theirs")));
        Assert.Equal([Path.Combine(outside, "theirs")], Directory.GetFileSystemEntries(outside));
        Assert.True(written > 0 && refused > 0, $"{written} written, {refused} refused: the attacker and the checkout never met");
    }
}
