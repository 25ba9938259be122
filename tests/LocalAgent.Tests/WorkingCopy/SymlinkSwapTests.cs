using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Native;
using W0rktree.Storage.Native;
using Xunit.Abstractions;

namespace W0rktree.LocalAgent.Tests.WorkingCopy;

/// <summary>A slice of <c>tests/campaigns/symlink-swap</c>, which sets <c>WT_SWAPS</c>.</summary>
public sealed class SymlinkSwapTests(ITestOutputHelper output) : IDisposable
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
        var (swaps, haveMet) = (0, false);
        var swapping = Task.Run(() =>
        {
            using var folder = LibC.OpenFolder(root);
            // Goes on until the two have met: on a busy machine one of them may not have its turn for long.
            for (; swaps < wanted || (!Volatile.Read(ref haveMet) && swaps < wanted * 1000L); Volatile.Write(ref swaps, swaps + 1))
            {
                LibC.RenameAt(folder, "d"u8, folder, "link"u8, RenameMode.Exchange);
            }
        });

        var before = Facts(outside);
        int step = 0, written = 0, refused = 0;
        for (; !swapping.IsCompleted; step++)
        {
            try
            {
                (written, refused) = await ActAsync(files, step) ? (written + 1, refused) : (written, refused + 1);
            }
            catch (NativeIOException)
            {
                refused++; // The symlink stood there in that moment.
            }

            Volatile.Write(ref haveMet, written > 0 && refused > 0);
        }

        await swapping;
        files.DropReplaced();
        Assert.Equal("theirs", await File.ReadAllTextAsync(Path.Combine(outside, "theirs")));
        Assert.Equal([Path.Combine(outside, "theirs")], Directory.GetFileSystemEntries(outside));
        Assert.Equal(before, Facts(outside));
        output.WriteLine($"{swaps} swaps, {step} actions: {written} done, {refused} refused, nothing outside touched");
        Assert.True(written > 0 && refused > 0, $"{written} written, {refused} refused: the attacker and the checkout never met");
    }

    /// <summary>One of the things that a checkout does in the folder that is exchanged, or below it.</summary>
    private static async Task<bool> ActAsync(PosixWorkingDirectory files, int step)
    {
        var path = TreePath.Parse((step % 8) switch
        {
            0 or 1 or 6 => "d/theirs",
            5 or 7 => $"d/deep/er/f{step / 8 % 3}",
            var kind => $"d/f{kind}-{step % 100}",
        }).Value;
        var stood = files.Look(path)?.Stamp;
        switch (step % 8)
        {
            case 1 when stood is { } old:
                return files.Remove(path, old);
            case 2:
                return files.Place(path, EntryKind.Symlink, "theirs"u8, stood) is not null;
            case 3:
                return files.Place(path, EntryKind.Executable, "ours"u8, stood) is not null;
            case 4:
                return await files.PlaceAsync(path, EntryKind.File, Pieces(), stood, CancellationToken.None) is not null;
            case 6 when stood is { } old:
                return files.SetExecutable(path, step % 16 == 6, old) is not null;
            case 7:
                return stood is { } there ? files.Remove(path, there) : files.RemoveEmptyDirectory(path.Parent);
            case 0 when stood is null && step % 16 == 0:
                return files.Create(path, EntryKind.File, "ours"u8) is not null;
            default:
                return files.Place(path, EntryKind.File, "ours"u8, stood) is not null;
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        yield return new ReadOnlyMemory<byte>([1, 2, 3]);
        await Task.Yield();
        yield return new ReadOnlyMemory<byte>([4, 5, 6]);
    }

    private static string[] Facts(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Prepend(new DirectoryInfo(folder)).Select(item => $"{item.Name} {item.UnixFileMode} {item.LastWriteTimeUtc:O}")];
}
