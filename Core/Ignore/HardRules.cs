using System.Text;

namespace W0rktree.Core.Ignore;

/// <summary>Where a directory stands with respect to the folders that belong to the product itself.</summary>
internal enum HardZone
{
    /// <summary>The root of the worktree, the only place of <c>.wt</c>.</summary>
    Root,

    /// <summary>Any other directory of the user.</summary>
    Ordinary,

    /// <summary>Inside the root's <c>.wt</c>.</summary>
    WorktreeFolder,

    /// <summary>Inside a <c>.wt-tree</c>.</summary>
    TreeFolder,

    /// <summary>Inside the <c>access</c> folder of one of the two, at any depth.</summary>
    Access,
}

/// <summary>
/// Decides about <c>.git</c>, <c>.wt-vfs</c>, <c>.wt</c> and <c>.wt-tree</c> before any ignore file is asked: runtime
/// state is never versioned, and configuration, ignore rules and access rules always are, whatever the files say.
/// </summary>
internal static class HardRules
{
    /// <summary>Gives the verdict, or null when the ignore files decide.</summary>
    public static IgnoreVerdict? Match(HardZone zone, ReadOnlySpan<byte> name, bool isDirectory) => zone switch
    {
        HardZone.Root or HardZone.Ordinary => MatchOrdinary(zone, name, isDirectory),
        HardZone.WorktreeFolder => MatchFolder(name, isDirectory) ?? BuiltInIgnores.WorktreeState,
        HardZone.TreeFolder => MatchFolder(name, isDirectory) ?? BuiltInIgnores.TreeState,
        // Swap and backup files of an editor are no access rules, so the soft defaults count here, and nothing else does.
        _ => BuiltInIgnores.Defaults().FindLast(name, isDirectory) is { } noise ? IgnoreVerdict.By(noise) : BuiltInIgnores.VersionedAccess,
    };

    /// <summary>Gives the zone of a directory that was kept.</summary>
    public static HardZone Enter(HardZone zone, ReadOnlySpan<byte> name) => zone switch
    {
        HardZone.Root when name.SequenceEqual(".wt"u8) => HardZone.WorktreeFolder,
        HardZone.Root or HardZone.Ordinary when name.SequenceEqual(".wt-tree"u8) => HardZone.TreeFolder,
        HardZone.Root or HardZone.Ordinary => HardZone.Ordinary,
        // The only directory that is kept in either folder.
        _ => HardZone.Access,
    };

    /// <summary>
    /// No spelling that a file system without case takes for one of the names can be versioned; only the exact one is
    /// the product's own folder.
    /// </summary>
    private static IgnoreVerdict? MatchOrdinary(HardZone zone, ReadOnlySpan<byte> name, bool isDirectory)
    {
        if (name.Length < 3 || name[0] != '.')
        {
            return null;
        }

        if (Ascii.EqualsIgnoreCase(name, ".git"u8))
        {
            return BuiltInIgnores.Git;
        }

        if (Ascii.EqualsIgnoreCase(name, ".wt-vfs"u8))
        {
            return BuiltInIgnores.VirtualFiles;
        }

        if (Ascii.EqualsIgnoreCase(name, ".wt"u8))
        {
            return zone == HardZone.Root && isDirectory && name.SequenceEqual(".wt"u8) ? BuiltInIgnores.VersionedFolder : BuiltInIgnores.WorktreeState;
        }

        if (Ascii.EqualsIgnoreCase(name, ".wt-tree"u8))
        {
            return isDirectory && name.SequenceEqual(".wt-tree"u8) ? BuiltInIgnores.VersionedFolder : BuiltInIgnores.TreeState;
        }

        return null;
    }

    private static IgnoreVerdict? MatchFolder(ReadOnlySpan<byte> name, bool isDirectory) => isDirectory switch
    {
        false when name.SequenceEqual("config.toml"u8) => BuiltInIgnores.VersionedConfig,
        false when name.SequenceEqual("ignore"u8) => BuiltInIgnores.VersionedIgnore,
        true when name.SequenceEqual("access"u8) => BuiltInIgnores.VersionedAccess,
        _ => null,
    };
}
