using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.Secrets;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>Looks through single files of a store. Memory stays bounded however large the file is.</summary>
internal sealed class ContentSearch(ObjectStore store, SecretPolicy policy)
{
    /// <summary>Finds secrets in a file.</summary>
    public async ValueTask<IReadOnlyList<SecretFinding>> SecretsAsync(TreePath path, DirectoryEntry entry, CancellationToken cancellationToken)
    {
        await using var content = await OpenAsync(entry, cancellationToken);
        var buffer = new byte[(int)Math.Min((long)entry.SizeBytes, SecretScanner.WindowBytes)];
        var found = new List<SecretFinding>();
        var (kept, line) = (0, 1);
        while (true)
        {
            var read = await content.ReadAtLeastAsync(buffer.AsMemory(kept), buffer.Length - kept, throwOnEndOfStream: false, cancellationToken);
            var window = buffer.AsMemory(0, kept + read);
            found.AddRange(SecretScanner.Scan(path.Bytes, window.Span, line).Where(finding => policy.Applies(finding.Rule)));
            if (window.Length < buffer.Length || content.Position == content.Length || found.Count >= SecretScanner.MaxFindings)
            {
                return [.. found.DistinctBy(finding => finding.Fingerprint)];
            }

            // What may be the beginning of a secret is looked at again with what follows it.
            kept = SecretScanner.OverlapBytes;
            line += window.Span[..^kept].Count((byte)'\n');
            window[^kept..].CopyTo(buffer);
        }
    }

    /// <summary>Tells why a new file is held for what it is, or null.</summary>
    public async ValueTask<SecretFinding?> KindAsync(TreePath path, DirectoryEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.Kind.IsFile)
        {
            return null;
        }

        await using var content = await OpenAsync(entry, cancellationToken);
        var head = new byte[(int)Math.Min(entry.SizeBytes, HeldFiles.HeadBytes)];
        var read = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        var kind = HeldFiles.Find(path.Bytes, head.AsSpan(0, read), (long)entry.SizeBytes);
        return kind is not null && policy.Holds(kind) ? SecretFinding.OfFile(kind)
            : policy.MaxNewFileBytes > 0 && (long)entry.SizeBytes > policy.MaxNewFileBytes ? SecretFinding.OfFile(HeldFiles.Large)
            : null;
    }

    private async ValueTask<Stream> OpenAsync(DirectoryEntry entry, CancellationToken cancellationToken) =>
        await store.OpenContentAsync(entry.Hash, cancellationToken) ?? throw new MissingObjectException(entry.Hash, "the line to be sent");
}
