using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>Answers what the attributes of one tree say about merging a file. Reads each attribute file once. Not thread-safe.</summary>
internal sealed class AttributeBook(IMergeObjects objects, ContentHash root)
{
    private static readonly EntryName s_name = EntryName.Create(".gitattributes").Value;

    private readonly Dictionary<ContentHash, AttributeFile> _files = [];

    /// <summary>Gives what is said of a path, whether it stands in that tree or not.</summary>
    public async ValueTask<PathAttributes> OfAsync(TreePath path, CancellationToken cancellationToken)
    {
        var names = path.Names();
        var found = new List<(AttributeFile File, int Depth)>();
        ContentHash? at = root;
        for (var depth = 0; depth < names.Count && at is { } id; depth++)
        {
            var directory = await objects.ReadDirectoryAsync(id, cancellationToken);
            if (directory.Find(s_name) is { Kind.IsFile: true } entry && await FileAsync(entry, cancellationToken) is { } file)
            {
                found.Add((file, depth));
            }

            at = directory.Find(names[depth]) is { Kind: EntryKind.Directory } below ? below.Hash : null;
        }

        if (found.Count == 0)
        {
            return PathAttributes.None;
        }

        var said = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = found.Count - 1; i >= 0; i--)
        {
            found[i].File.Collect(Below(path, names, found[i].Depth), said);
        }

        return AttributeFile.Meaning(said);
    }

    private async ValueTask<AttributeFile?> FileAsync(DirectoryEntry entry, CancellationToken cancellationToken)
    {
        if (!_files.TryGetValue(entry.Hash, out var file))
        {
            file = AttributeFile.Parse(await objects.ReadContentAsync(entry.Hash, AttributeFile.MaxBytes, cancellationToken) is { } text ? text.Span : default);
            _files.Add(entry.Hash, file);
        }

        return file;
    }

    private static ReadOnlySpan<byte> Below(TreePath path, IReadOnlyList<EntryName> names, int depth)
    {
        var skipped = 0;
        for (var i = 0; i < depth; i++)
        {
            skipped += names[i].Bytes.Length + 1;
        }

        return path.Bytes[skipped..];
    }
}
