using Microsoft.Win32.SafeHandles;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Packs;

/// <summary>
/// The packs of a repository, and of those it borrows from, as they were when it was opened. What is not in them, git has to be asked
/// for: it may be loose, or newer. Thread safe.
/// </summary>
internal sealed class PackedRepository : IDisposable
{
    /// <summary>As deep as git follows repositories that borrow from each other.</summary>
    private const int MaxBorrowing = 5;

    private readonly List<(PackNames Names, SafeFileHandle Data)> _packs = [];

    private PackedRepository()
    {
    }

    /// <summary>Opens the packs of a repository, as far as they are of a form that is known.</summary>
    public static PackedRepository Open(string gitFolder)
    {
        var opened = new PackedRepository();
        try
        {
            opened.AddAll(Path.Combine(CommonFolder(gitFolder), "objects"), 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // git can say better than we what is wrong with it.
        }

        return opened;
    }

    /// <summary>Finds an object; false where no pack has it.</summary>
    public bool TryFind(GitId id, out int pack, out long offset)
    {
        for (pack = 0; pack < _packs.Count; pack++)
        {
            offset = _packs[pack].Names.Find(id);
            if (offset >= 0)
            {
                return true;
            }
        }

        offset = -1;
        return false;
    }

    /// <summary>Finds an object in one pack; negative where it is not there.</summary>
    public long Find(int pack, GitId id) => _packs[pack].Names.Find(id);

    /// <summary>Gives length and checksum of what stands at an offset; false where nothing begins there.</summary>
    public bool TryFind(int pack, long offset, out long lengthBytes, out uint checksum) => _packs[pack].Names.TryFind(offset, out lengthBytes, out checksum);

    /// <summary>Reads a part of a pack; false where it ends before.</summary>
    public bool TryRead(int pack, long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            var count = RandomAccess.Read(_packs[pack].Data, target, offset);
            if (count == 0)
            {
                return false;
            }

            target = target[count..];
            offset += count;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _packs.ForEach(pack => pack.Data.Dispose());

    /// <summary>A further working tree of a repository says where the repository is.</summary>
    private static string CommonFolder(string gitFolder)
    {
        var file = Path.Combine(gitFolder, "commondir");
        return File.Exists(file) ? Path.GetFullPath(File.ReadAllText(file).Trim(), gitFolder) : gitFolder;
    }

    private void AddAll(string objects, int depth)
    {
        var packs = Path.Combine(objects, "pack");
        foreach (var index in Directory.Exists(packs) ? Directory.GetFiles(packs, "*.idx").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            Add(index);
        }

        var borrowed = Path.Combine(objects, "info", "alternates");
        foreach (var line in depth < MaxBorrowing && File.Exists(borrowed) ? File.ReadAllLines(borrowed) : [])
        {
            if (line.Length > 0 && line[0] is not ('#' or '"'))
            {
                AddAll(Path.GetFullPath(line, objects), depth + 1);
            }
        }
    }

    private void Add(string index)
    {
        var pack = Path.ChangeExtension(index, ".pack");
        if (!File.Exists(pack))
        {
            return;
        }

        var data = File.OpenHandle(pack, options: FileOptions.RandomAccess);
        if (PackNames.TryParse(File.ReadAllBytes(index), RandomAccess.GetLength(data)) is { } names)
        {
            _packs.Add((names, data));
        }
        else
        {
            data.Dispose();
        }
    }
}
