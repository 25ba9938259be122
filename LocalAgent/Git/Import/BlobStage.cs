using System.Security.Cryptography;
using System.Threading.Channels;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Packs;
using W0rktree.LocalAgent.Git.Process;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Second stage: reads the blobs of a window and writes each against the version before it, which is read again where it was let go:
/// most files of a long history change seldom. Reading goes on while others are written.
/// </summary>
internal sealed class BlobStage(GitObjectSource source, ImportTarget target, ArrayRoom room, ImportMemory memory, string largeFiles)
{
    // A full channel makes the reader wait: blobs of usual size, some megabytes.
    private const int BlobsAhead = 64;

    private readonly bool _hasLargeFiles = Directory.Exists(largeFiles);
    private readonly RecentBlobs _recent = new(room, memory.BlobBytes);
    private readonly Dictionary<GitId, ContentHash> _written = [];

    /// <summary>Reads and writes a window's blobs.</summary>
    public async Task RunAsync(ImportWindow window, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var read = Channel.CreateBounded<GitObject>(new BoundedChannelOptions(BlobsAhead) { SingleReader = true, SingleWriter = true });
        var reads = WithForgotten(window.Blobs);
        var reading = Task.Run(() => ReadAsync(reads, read.Writer, stop.Token), CancellationToken.None);
        try
        {
            var at = 0;
            await foreach (var found in read.Reader.ReadAllAsync(cancellationToken))
            {
                var wanted = reads[at++];
                if (wanted.IsAgain)
                {
                    _recent.Add(found.Id, _written[found.Id], found.Bytes, found.Length);
                }
                else
                {
                    await WriteAsync(window, found, wanted.Older, cancellationToken);
                }
            }

            await reading;
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Puts before each blob the version before it, where that was written by this import and is there no more.</summary>
    private List<WantedBlob> WithForgotten(List<WantedBlob> blobs)
    {
        var reads = new List<WantedBlob>(blobs.Count);
        var again = new HashSet<GitId>();
        foreach (var wanted in blobs)
        {
            if (wanted.Older is { } older && _written.ContainsKey(older) && _recent.Find(older) is null && again.Add(older))
            {
                reads.Add(new WantedBlob(older, null) { IsAgain = true });
            }

            reads.Add(wanted);
        }

        return reads;
    }

    private async Task ReadAsync(List<WantedBlob> reads, ChannelWriter<GitObject> output, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var found in source.ReadAsync([.. reads.Select(wanted => wanted.Id)], room.Rent, cancellationToken))
            {
                if (found.Type != GitType.Blob)
                {
                    throw new GitRefusalException("git_unreadable", $"A tree names {found.Id} as a file; it is a {found.Type.Word}.", "'git fsck' there tells more.");
                }

                await output.WriteAsync(found, cancellationToken);
            }
        }
        finally
        {
            // Whatever went wrong comes out where this task is awaited.
            output.TryComplete();
        }
    }

    private async Task WriteAsync(ImportWindow window, GitObject found, GitId? older, CancellationToken cancellationToken)
    {
        var content = found.Bytes.AsMemory(0, found.Length);
        var written = await target.WriteAsync(content, _recent.Find(older), cancellationToken);
        var large = _hasLargeFiles && LfsPointer.TryParse(content.Span) is { } pointer ? await LargeAsync(pointer, content, cancellationToken) : null;
        window.Contents.Add(new(found.Id, large ?? written));
        if (found.Length <= ChunkList.ThresholdBytes)
        {
            _written[found.Id] = written.Hash;
        }

        _recent.Add(found.Id, written.Hash, found.Bytes, found.Length);
    }

    /// <summary>Takes what a pointer points to, where it is there and whole; else the pointer stays, as git shows it.</summary>
    private async Task<GitTarget?> LargeAsync(LfsPointer pointer, ReadOnlyMemory<byte> blob, CancellationToken cancellationToken)
    {
        var path = pointer.PathBelow(largeFiles);
        if (!File.Exists(path))
        {
            return null;
        }

        await using var content = File.OpenRead(path);
        if (content.Length != pointer.SizeBytes || Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) != pointer.Sha256)
        {
            return null;
        }

        content.Position = 0;
        var written = await target.WriteAsync(content, cancellationToken);
        return new GitTarget(written.Id, (ulong)written.SizeBytes, blob.ToArray());
    }
}
