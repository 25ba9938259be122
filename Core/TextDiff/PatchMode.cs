namespace W0rktree.Core.TextDiff;

/// <summary>The kinds of files that a patch tells apart, with the numbers that git writes in octal.</summary>
public enum PatchMode
{
    /// <summary>A plain file, 100644.</summary>
    File = 0x81A4,

    /// <summary>An executable file, 100755.</summary>
    Executable = 0x81ED,

    /// <summary>A symbolic link whose content is its target, 120000.</summary>
    Symlink = 0xA000,

    /// <summary>A link to a snapshot elsewhere, such as a git submodule, 160000.</summary>
    Link = 0xE000,
}
