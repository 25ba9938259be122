using System.Security.Cryptography;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Second stage: reads the blobs of a window and writes them, some at a time, on all processors. At most a few batches are
/// in memory.
/// </summary>
internal sealed class BlobStage(GitObjectSource source, string largeFiles, SemaphoreSlim slots)
{
    /// <summary>Bytes of one batch; more only where one blob alone is larger.</summary>
    private const long BatchBytes = 4 << 20;

    private readonly bool _hasLargeFiles = Directory.Exists(largeFiles);

    /// <summary>Reads a window's blobs; the writing goes on when it returns.</summary>
    public async Task RunAsync(ImportWindow window, CancellationToken cancellationToken)
    {
        var batch = new List<GitObject>();
        long bytes = 0;
        await foreach (var found in source.ReadAsync(window.Blobs, cancellationToken))
        {
            if (found.Type != GitType.Blob)
            {
                throw new GitRefusalException("git_unreadable", $"A tree names {found.Id} as a file; it is a {found.Type.Word}.", "'git fsck' there tells more.");
            }

            batch.Add(found);
            bytes += found.Bytes.Length;
            if (bytes >= BatchBytes)
            {
                await SendAsync(window, batch, cancellationToken);
                (batch, bytes) = ([], 0);
            }
        }

        await SendAsync(window, batch, cancellationToken);
    }

    private async Task SendAsync(ImportWindow window, List<GitObject> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return;
        }

        await slots.WaitAsync(cancellationToken);
        window.Contents.Add(Task.Run(async () =>
        {
            try
            {
                return await WriteAsync(window.Transaction, batch, cancellationToken);
            }
            finally
            {
                slots.Release();
            }
        }, CancellationToken.None));
    }

    private async Task<KeyValuePair<GitId, GitTarget>[]> WriteAsync(StoreTransaction transaction, List<GitObject> batch, CancellationToken cancellationToken)
    {
        var made = new KeyValuePair<GitId, GitTarget>[batch.Count];
        for (var i = 0; i < made.Length; i++)
        {
            var written = await transaction.WriteContentAsync(batch[i].Bytes, cancellationToken);
            var large = _hasLargeFiles && LfsPointer.TryParse(batch[i].Bytes) is { } pointer ? await LargeAsync(transaction, pointer, batch[i].Bytes, cancellationToken) : null;
            made[i] = new(batch[i].Id, large ?? new GitTarget(written.Id, (ulong)written.SizeBytes));
        }

        return made;
    }

    /// <summary>Takes what a pointer points to, where it is there and whole; else the pointer stays, as git shows it.</summary>
    private async Task<GitTarget?> LargeAsync(StoreTransaction transaction, LfsPointer pointer, byte[] blob, CancellationToken cancellationToken)
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
        var written = await transaction.WriteContentAsync(content, cancellationToken);
        return new GitTarget(written.Id, (ulong)written.SizeBytes, blob);
    }
}
