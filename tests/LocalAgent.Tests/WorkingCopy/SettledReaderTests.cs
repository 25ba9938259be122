using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Tests.WorkingCopy;

public sealed class SettledReaderTests : IAsyncLifetime
{
    private CopyFixture _copy = null!;

    public async Task InitializeAsync() => _copy = await CopyFixture.CreateAsync();

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task A_file_of_this_very_tick_waits_unless_the_caller_insists_and_then_it_is_racy()
    {
        var files = new FrozenFiles("abc"u8.ToArray());
        files.NowNs = files.Stamp.ChangedNs + SettledReader.TickNs - 1;
        Assert.IsType<ReadOutcome.Unsettled>(await ReadAsync(files, insist: false));
        Assert.True(Assert.IsType<ReadOutcome.Read>(await ReadAsync(files, insist: true)).Racy);
        files.NowNs++;
        var read = Assert.IsType<ReadOutcome.Read>(await ReadAsync(files, insist: false));
        Assert.False(read.Racy);
        Assert.Equal(ContentHash.OfContent("abc"u8), read.Hash);
    }

    [Fact]
    public async Task A_file_that_is_written_during_the_read_does_not_count()
    {
        var files = new FrozenFiles("abc"u8.ToArray());
        files.NowNs = files.Stamp.ChangedNs + SettledReader.TickNs;
        files.OnRead = () => files.Stamp = files.Stamp with { ModifiedNs = files.Stamp.ModifiedNs + 1 };
        Assert.IsType<ReadOutcome.Unsettled>(await ReadAsync(files, insist: true));
    }

    [Fact]
    public async Task A_file_that_shrinks_during_the_read_does_not_count()
    {
        var files = new FrozenFiles("abc"u8.ToArray());
        files.NowNs = files.Stamp.ChangedNs + SettledReader.TickNs;
        files.Stamp = files.Stamp with { SizeBytes = 4 };
        Assert.IsType<ReadOutcome.Unsettled>(await ReadAsync(files, insist: true));
    }

    [Fact]
    public async Task Times_of_another_machines_clock_are_not_waited_for()
    {
        var files = new FrozenFiles("abc"u8.ToArray());
        files.NowNs = files.Stamp.ChangedNs - 3_600_000_000_000;
        Assert.IsType<ReadOutcome.Read>(await ReadAsync(files, insist: false));
    }

    [Fact]
    public async Task A_large_file_is_stored_in_chunks_under_the_hash_of_its_whole_content()
    {
        var bytes = new byte[23 * 1024 * 1024];
        new Random(42).NextBytes(bytes);
        await File.WriteAllBytesAsync(_copy.At("large"), bytes);
        var outcome = await _copy.SnapshotAsync();
        var entry = (await _copy.FilesOfAsync(outcome.Snapshot!.Id))["large"];
        Assert.Equal(ContentHash.OfContent(bytes), entry.Hash);
        Assert.Equal((ulong)bytes.Length, entry.SizeBytes);
        Assert.Equal(ObjectKind.ChunkList, (await _copy.Copy.Store.TryReadAsync(entry.Hash, CancellationToken.None))!.Kind);
    }

    private static ValueTask<ReadOutcome> ReadAsync(IWorkingDirectory files, bool insist) =>
        new SettledReader(files, CuttingRules.Standard).ReadAsync(TreePath.Parse("f").Value, FoundKind.File, null, insist, CancellationToken.None);

    /// <summary>One file whose facts and whose clock a test sets.</summary>
    private sealed class FrozenFiles(byte[] content) : IWorkingDirectory
    {
        public FileStamp Stamp { get; set; } = new(content.Length, 1_000_000_000_000, 1_000_000_000_000, 1, 0x81A4);

        public long NowNs { get; set; }

        public Action OnRead { get; set; } = () => { };

        public bool IsRootInPlace => true;

        public bool IsRootDeleted => false;

        public IOpenFile? Open(TreePath path) => new OpenFrozen(this, content);

        public FoundEntry? Look(TreePath path) => new FoundEntry(FoundKind.File, Stamp);

        public DirectoryListing? List(TreePath directory) => throw new NotSupportedException();

        public byte[]? ReadLink(TreePath path) => throw new NotSupportedException();

        public Task<FileStamp?> PlaceAsync(TreePath path, EntryKind kind, IAsyncEnumerable<ReadOnlyMemory<byte>> content, FileStamp? expected, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public FileStamp? Place(TreePath path, EntryKind kind, ReadOnlySpan<byte> content, FileStamp? expected, ContentHash? replaced = null) => throw new NotSupportedException();

        public void DropReplaced(bool all = false) => throw new NotSupportedException();

        public bool Remove(TreePath path, FileStamp expected) => throw new NotSupportedException();

        public bool RemoveEmptyDirectory(TreePath path) => throw new NotSupportedException();

        public FileStamp? SetExecutable(TreePath path, bool executable, FileStamp expected) => throw new NotSupportedException();

        public bool TryCreate(ReadOnlySpan<byte> name) => throw new NotSupportedException();

        public void Remove(ReadOnlySpan<byte> name) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        private sealed class OpenFrozen(FrozenFiles files, byte[] content) : IOpenFile
        {
            public FoundEntry Opened { get; } = new(FoundKind.File, files.Stamp);

            public FoundEntry Look() => new(FoundKind.File, files.Stamp);

            public int Read(Span<byte> buffer, long offset)
            {
                files.OnRead();
                var count = (int)Math.Min(buffer.Length, content.Length - offset);
                content.AsSpan((int)offset, count).CopyTo(buffer);
                return count;
            }

            public void Dispose()
            {
            }
        }
    }
}
