using System.Security.Cryptography;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>Second stage: reads the blobs of a window and writes each against the version before it.</summary>
internal sealed class BlobStage(GitObjectSource source, ImportTarget target, string largeFiles)
{
    private readonly bool _hasLargeFiles = Directory.Exists(largeFiles);
    private readonly RecentBlobs _recent = new();

    /// <summary>Reads and writes a window's blobs.</summary>
    public async Task RunAsync(ImportWindow window, CancellationToken cancellationToken)
    {
        var at = 0;
        await foreach (var found in source.ReadAsync([.. window.Blobs.Select(wanted => wanted.Id)], _recent.Rent, cancellationToken))
        {
            if (found.Type != GitType.Blob)
            {
                throw new GitRefusalException("git_unreadable", $"A tree names {found.Id} as a file; it is a {found.Type.Word}.", "'git fsck' there tells more.");
            }

            var content = found.Bytes.AsMemory(0, found.Length);
            var written = await target.WriteAsync(content, _recent.Find(window.Blobs[at++].Older), cancellationToken);
            var large = _hasLargeFiles && LfsPointer.TryParse(content.Span) is { } pointer ? await LargeAsync(pointer, content, cancellationToken) : null;
            window.Contents.Add(new(found.Id, large ?? written));
            _recent.Add(found.Id, written.Hash, found.Bytes, found.Length);
        }
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
