using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Native;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.Tests.WorkingCopy;

public sealed class ReplacedFilesTests : IDisposable
{
    private static readonly TreePath s_path = TreePath.Parse("f").Value;
    private static readonly ContentHash s_old = ContentHash.OfContent("old"u8);

    private readonly TempFolder _folder = new();
    private readonly PosixWorkingDirectory _files;

    public ReplacedFilesTests()
    {
        File.WriteAllText(At, "old");
        _files = new PosixWorkingDirectory(_folder.Path, StateLayout.Default, TimeProvider.System);
    }

    private string At => Path.Combine(_folder.Path, "f");

    private FileStamp Now => _files.Look(s_path)!.Value.Stamp;

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Going_back_puts_the_very_file_back_with_a_new_time()
    {
        var before = Now;
        var placed = _files.Place(s_path, EntryKind.File, "new"u8, before, s_old)!.Value;
        _files.DropReplaced();
        var back = _files.PutBack(s_path, EntryKind.File, s_old, placed, ContentHash.OfContent("new"u8));
        Assert.Equal("old", File.ReadAllText(At));
        Assert.Equal(Now, back);
        Assert.Equal(before.Inode, back!.Value.Inode);
        Assert.True(back.Value.ModifiedNs > before.ModifiedNs && back.Value.IsFine);
        Assert.NotNull(_files.PutBack(s_path, EntryKind.File, ContentHash.OfContent("new"u8), back.Value, s_old));
        Assert.Equal("new", File.ReadAllText(At));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_replaced_file_that_somebody_still_wrote_to_is_not_put_back(bool hidesIt)
    {
        using var open = new FileStream(At, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var before = Now;
        var placed = _files.Place(s_path, EntryKind.File, "new"u8, before, s_old)!.Value;
        open.Write("odd"u8);
        open.Flush();
        if (hidesIt)
        {
            File.SetLastWriteTimeUtc(open.SafeFileHandle, DateTime.UnixEpoch.AddTicks(before.ModifiedNs / 100));
        }

        Assert.Null(_files.PutBack(s_path, EntryKind.File, s_old, placed, null));
        Assert.Equal("new", File.ReadAllText(At));
        Assert.Equal(placed, Now);
    }

    [Fact]
    public void Nothing_is_put_back_over_what_somebody_wrote()
    {
        var placed = _files.Place(s_path, EntryKind.File, "new"u8, Now, s_old)!.Value;
        File.WriteAllText(At, "theirs");
        Assert.Null(_files.PutBack(s_path, EntryKind.File, s_old, placed, null));
        Assert.Equal("theirs", File.ReadAllText(At));
    }

    [Theory]
    [InlineData("f", EntryKind.Executable)]
    [InlineData("g", EntryKind.File)]
    public void Another_kind_or_another_path_is_not_served(string path, EntryKind kind)
    {
        File.WriteAllText(Path.Combine(_folder.Path, "g"), "new");
        var other = TreePath.Parse(path).Value;
        _files.Place(s_path, EntryKind.File, "new"u8, Now, s_old);
        Assert.Null(_files.PutBack(other, kind, s_old, _files.Look(other)!.Value.Stamp, null));
    }

    [Fact]
    public void A_file_with_a_second_name_is_not_kept()
    {
        using (var folder = LibC.OpenFolder(_folder.Path))
        {
            LibC.LinkAt(folder, "f"u8, folder, "second"u8);
        }

        var placed = _files.Place(s_path, EntryKind.File, "new"u8, Now, s_old)!.Value;
        Assert.Null(_files.PutBack(s_path, EntryKind.File, s_old, placed, null));
        Assert.Equal("old", File.ReadAllText(Path.Combine(_folder.Path, "second")));
    }

    [Fact]
    public void Nothing_stays_when_all_is_dropped()
    {
        _files.Place(s_path, EntryKind.File, "new"u8, Now, s_old);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, ".wt/state/tmp")));
        _files.DropReplaced(all: true);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, ".wt/state/tmp")));
    }
}
