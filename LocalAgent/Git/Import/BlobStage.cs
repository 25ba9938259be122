using System.Security.Cryptography;
using System.Threading.Channels;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Packs;
using W0rktree.LocalAgent.Git.Process;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>Second stage: reads the blobs of a window and writes each against the version before it. Reading goes on while others are written.</summary>
internal sealed class BlobStage(GitObjectSource source, ImportTarget target, ArrayRoom room, string largeFiles)
{
    // A full channel makes the reader wait: blobs of usual size, some megabytes.
    private const int BlobsAhead = 64;

    private readonly bool _hasLargeFiles = Directory.Exists(largeFiles);
    private readonly RecentBlobs _recent = new(room);

    /// <summary>Reads and writes a window's blobs.</summary>
    public async Task RunAsync(ImportWindow window, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var read = Channel.CreateBounded<GitObject>(new BoundedChannelOptions(BlobsAhead) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => ReadAsync(window, read.Writer, stop.Token), CancellationToken.None);
        try
        {
            var at = 0;
            await foreach (var found in read.Reader.ReadAllAsync(cancellationToken))
            {
                await WriteAsync(window, found, window.Blobs[at++].Older, cancellationToken);
            }

            await reading;
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(ImportWindow window, ChannelWriter<GitObject> output, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var found in source.ReadAsync([.. window.Blobs.Select(wanted => wanted.Id)], room.Rent, cancellationToken))
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
