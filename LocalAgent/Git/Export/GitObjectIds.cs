using System.Security.Cryptography;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Export;

/// <summary>Takes the objects of git that snapshots become. Each is given once.</summary>
internal interface IGitObjectSink
{
    /// <summary>Takes an object in one piece.</summary>
    Task AddAsync(GitType type, GitId id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Takes content that git-lfs keeps beside the objects.</summary>
    Task AddLargeAsync(LfsPointer pointer, ContentHash content, CancellationToken cancellationToken);
}

/// <summary>
/// Computes what git calls our contents, directories and snapshots, from our objects alone. Nothing is computed twice; some
/// 100 bytes are kept for each object. Not thread safe.
/// </summary>
internal sealed class GitObjectIds(IGitInput input, IGitObjectSink? sink)
{
    private readonly Dictionary<ContentHash, GitId> _contents = [];
    private readonly Dictionary<ContentHash, GitId> _trees = [];
    private readonly Dictionary<(ContentHash Content, GitId Pointer), bool> _pointers = [];

    /// <summary>Gets or sets names that are known already. For whoever wants names alone: what is known is not given to a sink.</summary>
    public IReadOnlyDictionary<ContentHash, GitId>? Known { get; set; }

    /// <summary>Gets or sets whether what is met is new to the sink. What a repository has already is only named.</summary>
    public bool IsNew { get; set; } = true;

    /// <summary>Gives the tree of a directory.</summary>
    public async ValueTask<GitId> TreeAsync(ContentHash directory, CancellationToken cancellationToken)
    {
        if (_trees.TryGetValue(directory, out var known) || Known?.TryGetValue(directory, out known) == true)
        {
            return known;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var found = await input.ReadDirectoryAsync(directory, cancellationToken);
        if (found.HasSealed)
        {
            throw new GitRefusalException("git_sealed", $"The directory {directory.ToShortString()} has entries that you may not see; git cannot carry it without them.");
        }

        var lines = new GitTreeEntry[found.Entries.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = await LineAsync(found.Entries[i], cancellationToken);
        }

        var bytes = GitTree.Format(lines);
        var id = await AddAsync(GitType.Tree, bytes, cancellationToken);
        _trees.Add(directory, id);
        return id;
    }

    /// <summary>Gives the blob of content.</summary>
    public async ValueTask<GitId> BlobAsync(ContentHash content, CancellationToken cancellationToken)
    {
        if (_contents.TryGetValue(content, out var known) || Known?.TryGetValue(content, out known) == true)
        {
            return known;
        }

        var id = await AddAsync(GitType.Blob, await input.ReadContentAsync(content, cancellationToken), cancellationToken);
        _contents.Add(content, id);
        return id;
    }

    /// <summary>Names an object and hands it on.</summary>
    public async ValueTask<GitId> AddAsync(GitType type, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var id = GitId.Of(type, bytes.Span);
        if (sink is not null && IsNew)
        {
            await sink.AddAsync(type, id, bytes, cancellationToken);
        }

        return id;
    }

    private async ValueTask<GitTreeEntry> LineAsync(DirectoryEntry entry, CancellationToken cancellationToken)
    {
        var id = entry.Kind switch
        {
            EntryKind.Directory => await TreeAsync(entry.Hash, cancellationToken),
            EntryKind.ForeignLink => Link(entry),
            EntryKind.NestedTree => throw new GitRefusalException("git_nested_tree", $"'{entry.Name}' is a nested tree, which git has nothing for.", "Export the nested tree by itself."),
            _ => await PointerAsync(entry, cancellationToken) ?? await BlobAsync(entry.Hash, cancellationToken),
        };
        return new GitTreeEntry(GitFields.ModeOf(entry), GitFields.NameOf(entry), id, entry.Kind == EntryKind.Directory);
    }

    private static GitId Link(DirectoryEntry entry) =>
        GitId.TryParse(entry.Field(EntryField.ForeignTarget)!.Value.AsSpan(), out var id)
            ? id
            : throw new GitRefusalException("git_foreign_link", $"'{entry.Name}' links to another system, not to a commit of git.");

    // A file that was changed since keeps the pointer as a field; it counts only while it points to what is there.
    private async ValueTask<GitId?> PointerAsync(DirectoryEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Field(EntryField.GitPointer) is not { } field || LfsPointer.TryParse(field.Value.AsSpan()) is not { } pointer || pointer.SizeBytes != (long)entry.SizeBytes)
        {
            return null;
        }

        var id = GitId.Of(GitType.Blob, field.Value.AsSpan());
        if (!_pointers.TryGetValue((entry.Hash, id), out var holds))
        {
            await using var stream = await input.OpenContentAsync(entry.Hash, cancellationToken);
            holds = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == pointer.Sha256;
            _pointers.Add((entry.Hash, id), holds);
            if (holds)
            {
                await AddAsync(GitType.Blob, field.Value.AsMemory(), cancellationToken);
                if (sink is not null && IsNew)
                {
                    await sink.AddLargeAsync(pointer, entry.Hash, cancellationToken);
                }
            }
        }

        return holds ? id : null;
    }
}
