using System.Buffers;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Finds the root of a working copy and looks after its runtime folder.</summary>
internal static class WorktreeRoot
{
    private const int PieceBytes = 256 * 1024;

    /// <summary>Gives the file that makes a directory the root of a working copy.</summary>
    public static string IdentityFile(string root) => Path.Combine(root, ".wt", "state", "copy.json");

    /// <summary>Walks up from a directory to the nearest root; null where there is none.</summary>
    public static string? Find(string directory)
    {
        if (!Path.IsPathFullyQualified(directory))
        {
            return null;
        }

        for (var at = RealPaths.Of(directory); !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at))
        {
            if (File.Exists(IdentityFile(at)))
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>Refuses a root that belongs to somebody else: whoever owns it could make the agent act on their files with our rights.</summary>
    public static Error? ForeignOwner(string root)
    {
        foreach (var folder in new[] { root, Path.Combine(root, ".wt"), Path.Combine(root, ".wt", "state") })
        {
            if (!OperatingSystem.IsWindows() && Directory.Exists(folder))
            {
                using var open = LibC.OpenFolder(folder);
                var owner = LibC.Stat(open, folder).Owner;
                if (owner != LibC.EffectiveUser)
                {
                    return new Error(
                        ErrorCodes.ForeignOwner,
                        $"'{folder}' belongs to {UserNames.Of(owner)}; you are {UserNames.Of(LibC.EffectiveUser)}.",
                        "Work in a copy of your own, which 'wt clone' makes, or as that user.");
                }
            }
        }

        return null;
    }

    /// <summary>Makes the runtime folders where they are missing, and clears away what a killed run left half-written.</summary>
    public static void MakeStateFolders(string root, ObjectStore store)
    {
        foreach (var folder in new[] { StateLayout.Default.Cookies, StateLayout.Default.Unfinished })
        {
            var path = Path.Combine(root, folder.ToString());
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        foreach (var cookie in Directory.EnumerateFiles(Path.Combine(root, StateLayout.Default.Cookies.ToString()), "cookie-*"))
        {
            File.Delete(cookie);
        }

        RescueUnfinished(root, store);
    }

    /// <summary>
    /// What a killed checkout left is mostly rubbish, but one file of it may be what somebody wrote in that very moment and
    /// nobody had compared yet. What the store has goes; of the rest only its owner can tell, so it moves to where such things
    /// are kept.
    /// </summary>
    private static void RescueUnfinished(string root, ObjectStore store)
    {
        var left = Directory.GetFiles(Path.Combine(root, StateLayout.Default.Unfinished.ToString())).Where(file => !IsStored(file, store)).ToArray();
        if (left.Length > 0)
        {
            var rescued = Path.Combine(root, StateLayout.Default.Rescued.ToString(), Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(rescued);
            foreach (var file in left)
            {
                File.Move(file, Path.Combine(rescued, Path.GetFileName(file)));
            }
        }
    }

    /// <summary>Takes a file away whose content the store has. What cannot be read is kept.</summary>
    private static bool IsStored(string path, ObjectStore store)
    {
        if (new FileInfo(path) is not { LinkTarget: null } || !store.Holds(HashOf(path)))
        {
            return false;
        }

        File.Delete(path);
        return true;
    }

    private static ContentHash HashOf(string path)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        using var hasher = Blake3.Hasher.New();
        try
        {
            using var content = File.OpenRead(path);
            for (int count; (count = content.Read(buffer)) > 0;)
            {
                hasher.Update(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return ContentHash.FromBytes(hasher.Finalize().AsSpan());
    }
}
